// Where Argo CD finds the manifests of a release: flags of `template`.
import { isAbsolute, normalize } from 'node:path';
import type { ParseArgsConfig } from 'node:util';
import { staysInside } from '../../constructs/common/paths';
import type { ApplicationOptions, CrdMode, TargetName } from '../../constructs/targets';
import { applicationIssues, type ApplicationOption } from '../../constructs/targets/application-options';
import { UsageError } from '../usage';

export const APPLICATION_FLAGS = {
  application: { type: 'boolean' },
  'repo-url': { type: 'string' },
  path: { type: 'string' },
  'target-revision': { type: 'string' },
  project: { type: 'string' },
  'application-namespace': { type: 'string' },
  'destination-server': { type: 'string' },
} as const satisfies ParseArgsConfig['options'];

const FLAG_OF: Readonly<Record<ApplicationOption, Exclude<keyof typeof APPLICATION_FLAGS, 'application'>>> = {
  repoURL: 'repo-url',
  path: 'path',
  targetRevision: 'target-revision',
  project: 'project',
  applicationNamespace: 'application-namespace',
  destinationServer: 'destination-server',
};

export type ApplicationFlags = Partial<Readonly<Record<(typeof FLAG_OF)[ApplicationOption], string>>> & {
  readonly application?: boolean;
  readonly crds?: CrdMode;
  readonly 'show-only'?: readonly string[];
  readonly 'output-dir'?: string;
};

/** Undefined without `--application`. @throws UsageError when a flag cannot be, or the flags do not go together */
export function applicationOf(flags: ApplicationFlags, target: TargetName = 'kubectl'): ApplicationOptions | undefined {
  const given = (Object.keys(FLAG_OF) as ApplicationOption[]).filter((option) => flags[FLAG_OF[option]] !== undefined);
  if (!flags.application) {
    if (given.length)
      throw new UsageError(
        `${given.map((option) => `--${FLAG_OF[option]}`).join(' and ')} ${given.length > 1 ? 'are' : 'is'} ` +
          `for an Application: give --application, too`,
      );
    return undefined;
  }
  if (target !== 'argocd') throw new UsageError(`--application goes with --target argocd, not ${target}`);
  if (flags.crds === 'only') throw new UsageError('--crds only does not go with --application, which is for all of a release');
  if (flags['output-dir'] !== undefined && flags['show-only']?.length)
    throw new UsageError('--show-only does not go with --application and --output-dir: the Application is for whole files');
  const repoURL = flags['repo-url'];
  if (repoURL === undefined) throw new UsageError('--application needs --repo-url: the git repository that holds the manifests');
  const options = Object.fromEntries(given.map((option) => [option, flags[FLAG_OF[option]]]));
  const all: ApplicationOptions = { path: pathOf(flags['output-dir']), ...options, repoURL };
  const issue = applicationIssues(all)[0];
  if (issue) throw new UsageError(`--${FLAG_OF[issue[0]]} ${issue[1]}`);
  return all;
}

/** The folder in the repository, when the files go to a folder below this one; else nobody knows. */
export const pathOf = (folder: string | undefined): string | undefined =>
  folder !== undefined && !isAbsolute(folder) && staysInside(folder) ? normalize(folder).replace(/\/$/, '') : undefined;
