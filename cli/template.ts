// `template RELEASE CHART`: manifests of one release on stdout, or as files.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CHART_NAMES, isChartName } from '../constructs/charts';
import { writeFiles } from '../constructs/release/files';
import { targets, type TargetName } from '../constructs/targets';
import { CRD_MODES } from '../constructs/targets/plan';
import { objectFiles } from '../constructs/targets/manifest-files';
import { goesByName } from '../kubernetes/jobs';
import { nameOf, type KubeObject } from '../kubernetes/object';
import type { Planned } from '../constructs/common/entry';
import { nearest } from '../helm/suggest';
import { writeYamlStream } from '../helm/yaml/write';
import { applicationOf, APPLICATION_FLAGS } from './input/application';
import { kubeVersion, oneOf, parseFlags, RELEASE_FLAGS } from './input/flags';
import { dnsName } from './input/names';
import { neededText } from './needed';
import { print, tell, warn } from './output';
import { renderRelease } from './render';
import { inputErrors } from './report';
import { InputError, UsageError } from './usage';
import { readChartValues } from './input/chart-values';

export const USAGE = `usage: cdk8s-estafette template RELEASE CHART [flags]
  -n, --namespace NS           namespace of the release (default "default")
      --create-namespace       print the Namespace too
  -f, --values FILE            values file, again for more; later ones win
      --set, --set-string, --set-json, --set-file, --set-literal KEY=VALUE
      --target kubectl|argocd|helm
                               what the manifests are for (default kubectl); helm writes a chart, and needs --output-dir
      --application            with argocd: the Application, too, which finds the manifests by
      --repo-url URL           git repository, without a login
      --path DIR               folder in it (default the --output-dir, or "dist")
      --target-revision REV    branch, tag or commit (default "HEAD")
      --project PROJECT        project of Argo CD (default "default")
      --application-namespace NS, --destination-server URL
                               where Argo CD is (default "argocd"), and the cluster it applies to (default its own)
      --live PATH              with helm: values at PATH are values of the chart, again for more (default "." for all values)
      --fix PATH               with helm: values at PATH are not, again for more; "." for none
      --kube-version VERSION   version of the cluster
  -a, --api-versions API       an API the cluster serves, again for more
      --crds include|only|skip CustomResourceDefinitions among the rest (default include)
  -s, --show-only KIND/NAME    print this object only, again for more
      --output-dir DIR         write one file an object, or the chart; with --application the files that it finds,
                               RELEASE.k8s.yaml, and RELEASE.application.yaml
      --output text|json       form of what stderr says: warnings, and with secrets.mode omit the Secrets that must exist
      --skip-schema-validation unknown keys in values are warnings
CHART is ${CHART_NAMES.join(', ')}.`;

export const FLAGS = {
  ...RELEASE_FLAGS,
  ...APPLICATION_FLAGS,
  'show-only': { type: 'string', short: 's', multiple: true },
  'output-dir': { type: 'string' },
  live: { type: 'string', multiple: true },
  fix: { type: 'string', multiple: true },
  output: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

export function run(argv: readonly string[]): void {
  const { values: flags, positionals } = parseFlags(argv, FLAGS, USAGE);
  if (flags.help) {
    print(`${USAGE}\n`);
    return;
  }
  const [release, chart, ...rest] = positionals;
  if (!release || !chart || rest.length) throw new UsageError(`template takes a release name and a chart\n${USAGE}`);
  if (!isChartName(chart)) throw new UsageError(`there is no chart "${chart}"; charts: ${CHART_NAMES.join(', ')}`);
  const target = oneOf('target', flags.target, Object.keys(targets) as TargetName[]);
  const isFolder = targets[target ?? 'kubectl'].prints === 'folder';
  if (isFolder && flags['output-dir'] === undefined) throw new UsageError(`--target ${target} writes a chart: --output-dir must say where`);
  if (isFolder && flags['show-only']?.length)
    throw new UsageError(`--show-only does not go with --target ${target}: helm template --show-only prints single templates of the chart`);
  if (flags['output-dir'] === '') throw new UsageError('--output-dir must name a folder');
  const form = oneOf('output', flags.output, ['text', 'json'] as const) ?? 'text';
  const crds = oneOf('crds', flags.crds, CRD_MODES);
  const options = {
    release: dnsName('release name', release, 53),
    chart,
    namespace: dnsName('namespace', flags.namespace ?? 'default', 63),
    target,
    application: applicationOf({ ...flags, crds }, target),
    createNamespace: flags['create-namespace'],
    kubeVersion: kubeVersion(flags['kube-version']),
    apiVersions: flags['api-versions'],
    crds,
    live: flags.live,
    fix: flags.fix,
    unknownValues: flags['skip-schema-validation'] ? ('warn' as const) : undefined,
  };
  const user = readChartValues(chart, flags);
  const rendered = inputErrors(user.place, () => renderRelease({ ...options, values: [user.values] }));
  const warnings = [...user.warnings, ...rendered.warnings];
  if (form === 'json') tell(`${JSON.stringify({ warnings, secrets: rendered.needed }, undefined, 2)}\n`);
  else {
    warnings.forEach(warn);
    tell(neededText(rendered.needed));
  }
  const folder = flags['output-dir'];
  if (folder !== undefined && (isFolder || options.application)) {
    // Below --output-dir the folder of a release is not needed to tell it from others.
    writeFiles(folder, isFolder ? below(release, rendered.files) : rendered.files, warn);
    return;
  }
  const shown = showOnly(rendered.stream, flags['show-only'] ?? []);
  if (folder !== undefined) writeObjects(folder, shown);
  else print(writeYamlStream(shown.map(({ object }) => object)));
}

const below = (folder: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([file, text]) => [file.slice(folder.length + 1), text]));

function showOnly(plan: readonly Planned[], wanted: readonly string[]): readonly Planned[] {
  if (!wanted.length) return plan;
  const lost = wanted.filter((name) => !plan.some(({ object }) => isCalled(object, name)));
  if (lost.length) {
    const names = plan.map(({ object }) => nameOf(object));
    throw new InputError(
      lost.map((name) => {
        const near = nearest(name, names);
        return `--show-only ${name}: the release has no such object${near ? `; did you mean ${near}?` : ''}`;
      }),
    );
  }
  return plan.filter(({ object }) => wanted.some((name) => isCalled(object, name)));
}

/** `KIND/NAME`, whatever the case. A Job goes by its name without the hash, too. */
function isCalled(object: KubeObject, wanted: string): boolean {
  const [kind = '', ...name] = wanted.toLowerCase().split('/');
  return object.kind.toLowerCase() === kind && goesByName(object, name.join('/'));
}

function writeObjects(folder: string, plan: readonly Planned[]): void {
  const files = objectFiles(plan);
  writeFiles(folder, files);
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml') && !Object.hasOwn(files, name))) {
    warn(`${join(folder, file)} is not of this release as it is now; kubectl apply -f ${folder} would apply it`);
  }
}
