// `plugin generate|parameters`: what Argo CD runs in a folder with releases.yaml, as a config management plugin.
import { nearest } from '../helm/suggest';
import { parseFlags } from './input/flags';
import { dnsName } from './input/names';
import { readReleases } from './input/releases';
import { neededText } from './needed';
import { print, tell, warn } from './output';
import { renderRelease } from './render';
import { inputErrors } from './report';
import { placingPatches } from './synth';
import { InputError, UsageError } from './usage';

export const USAGE = `usage: cdk8s-estafette plugin generate|parameters
For Argo CD, as a config management plugin, in a folder with releases.yaml.
  generate     prints one of its releases for the target argocd
  parameters   prints the parameters that an Application may give
Read from the environment, where Argo CD writes them:
  PARAM_RELEASE     which release (default ARGOCD_APP_NAME where there is a release of this name, or the only one)
  PARAM_NAMESPACE   its namespace (default that in releases.yaml)`;

export const FLAGS = { help: { type: 'boolean', short: 'h' } } as const;

const LIST = 'releases.yaml';

export function run(argv: readonly string[]): void {
  const { values: flags, positionals } = parseFlags(argv, FLAGS, USAGE);
  if (flags.help) {
    print(`${USAGE}\n`);
    return;
  }
  const [what, ...rest] = positionals;
  if (rest.length || (what !== 'generate' && what !== 'parameters')) throw new UsageError(`plugin does generate or parameters\n${USAGE}`);
  if (what === 'generate') generate(process.env);
  else parameters(process.env);
}

/** Argo CD shows what is told on stderr when the exit code is not 0. */
function generate({ PARAM_NAMESPACE, ...environment }: NodeJS.ProcessEnv): void {
  const [entry] = readReleases(LIST, { choose: (names) => chosen(names, environment) });
  if (!entry) throw new InputError([`${LIST} has no release`]);
  const namespace = PARAM_NAMESPACE ? dnsName('the parameter namespace', PARAM_NAMESPACE, 63) : entry.options.namespace;
  const options = { ...entry.options, namespace, target: 'argocd', application: undefined } as const;
  const rendered = placingPatches([entry], () => inputErrors(entry.place, () => renderRelease(options)));
  for (const warning of [...entry.warnings, ...rendered.warnings]) warn(warning);
  tell(neededText(rendered.needed));
  print(rendered.manifests);
}

/** @throws InputError that names the releases there are */
function chosen(names: readonly string[], { PARAM_RELEASE: asked, ARGOCD_APP_NAME: application }: NodeJS.ProcessEnv): string {
  if (!asked) {
    const name = names.find((known) => known === application) ?? (names.length === 1 ? names[0] : undefined);
    if (name !== undefined) return name;
    throw new InputError([
      `${LIST} has several releases: say with the parameter release which one is meant, or name the Application so: ${names.join(', ')}`,
    ]);
  }
  if (names.includes(asked)) return asked;
  const near = nearest(asked, names);
  throw new InputError([
    `${LIST}: there is no release "${asked}"${near ? `; did you mean "${near}"?` : `; releases: ${names.join(', ')}`}`,
  ]);
}

/** In the form that Argo CD reads. What is asked for and is not there, `generate` tells. */
function parameters({ PARAM_RELEASE: asked, ARGOCD_APP_NAME: application }: NodeJS.ProcessEnv): void {
  let names: readonly string[] = [];
  const [entry] = readReleases(LIST, {
    choose(found) {
      names = found;
      return [asked, application, found[0]].find((name) => name !== undefined && found.includes(name)) ?? '';
    },
  });
  print(
    `${JSON.stringify([
      { name: 'release', title: 'Release', tooltip: `One of ${names.join(', ')}`, string: entry?.options.release },
      { name: 'namespace', title: 'Namespace', tooltip: `In place of the one in ${LIST}`, string: entry?.options.namespace },
    ])}\n`,
  );
}
