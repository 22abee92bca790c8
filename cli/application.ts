// Where Argo CD finds the manifests of a release: flags of `template`.
import type { ParseArgsConfig } from 'node:util';
import type { ApplicationOptions, TargetName } from '../constructs/targets';
import { UsageError } from './usage';

export const APPLICATION_FLAGS = {
  application: { type: 'boolean' },
  'repo-url': { type: 'string' },
  path: { type: 'string' },
  'target-revision': { type: 'string' },
  project: { type: 'string' },
} as const satisfies ParseArgsConfig['options'];

export interface ApplicationFlags {
  readonly application?: boolean;
  readonly 'repo-url'?: string;
  readonly path?: string;
  readonly 'target-revision'?: string;
  readonly project?: string;
}

/** Undefined without `--application`. @throws UsageError when the flags do not go together */
export function applicationOf({ application, 'repo-url': repoURL, 'target-revision': targetRevision, ...flags }: ApplicationFlags, target: TargetName = 'kubectl'): ApplicationOptions | undefined {
  const { path, project } = flags;
  const given = Object.entries({ 'repo-url': repoURL, path, 'target-revision': targetRevision, project }).filter(([, value]) => value !== undefined).map(([flag]) => `--${flag}`);
  if (!application) {
    if (given.length) throw new UsageError(`${given.join(' and ')} ${given.length > 1 ? 'are' : 'is'} for an Application: give --application, too`);
    return undefined;
  }
  if (target !== 'argocd') throw new UsageError(`--application goes with --target argocd, not ${target}`);
  if (!repoURL) throw new UsageError('--application needs --repo-url: the git repository that holds the manifests');
  return { repoURL, path, targetRevision, project };
}
