// What an Application is told: where the manifests are, and where they go; and what of it cannot be.
import { staysInside } from '../common/paths';
import { isDnsLabel } from '../../kubernetes/names';

/** Argo CD's own cluster, as it calls it. */
export const OWN_CLUSTER = 'https://kubernetes.default.svc';

export interface ApplicationOptions {
  /** Git repository that holds the manifests, without a login: Argo CD takes that from a Secret. */
  readonly repoURL: string;
  /** Folder of the manifests in it, relative. @default 'dist' */
  readonly path?: string;
  /** Branch, tag or commit. @default 'HEAD' */
  readonly targetRevision?: string;
  /** Project of Argo CD. @default 'default' */
  readonly project?: string;
  /** Namespace of the Application: where Argo CD looks for it. @default 'argocd' */
  readonly applicationNamespace?: string;
  /** API server of the cluster to which the manifests go. @default 'https://kubernetes.default.svc', Argo CD's own */
  readonly destinationServer?: string;
}

export type ApplicationOption = keyof ApplicationOptions;

/** By option: what is wrong with a text, to stand behind the name of what holds it; undefined for nothing. A login is not repeated. */
export const applicationFaults: Readonly<Record<ApplicationOption, (given: string) => string | undefined>> = {
  repoURL: repositoryFault,
  path: (given) =>
    staysInside(given) && !CONTROL.test(given) && given.trim() === given
      ? undefined
      : `must be a folder in the repository, relative to its top, such as dist; not "${given}"`,
  targetRevision: (given) =>
    given !== '' && !given.startsWith('-') && !CONTROL.test(given) && given.trim() === given
      ? undefined
      : `must be a branch, tag or commit, not "${given}"`,
  project: (given) =>
    given.split('.').every((part) => isDnsLabel(part, 253)) && given.length <= 253
      ? undefined
      : `must be the name of a project of Argo CD, not "${given}"`,
  applicationNamespace: (given) => (isDnsLabel(given) ? undefined : `must be the name of a namespace, not "${given}"`),
  destinationServer: (given) => {
    const url = urlOf(given, ['http:', 'https:']);
    if (url === undefined) return `must be the URL of an API server, such as https://kubernetes.default.svc${shown(given)}`;
    return hasLogin(given) ? 'must hold no login: Argo CD takes it from the Secret of the cluster' : undefined;
  },
};

/** What is wrong with given options, by name. */
export const applicationIssues = (options: ApplicationOptions): [option: ApplicationOption, message: string][] =>
  (Object.keys(applicationFaults) as ApplicationOption[]).flatMap((option) => {
    const given = options[option];
    const fault = given === undefined ? undefined : applicationFaults[option](given);
    return fault === undefined ? [] : [[option, fault]];
  });

const CONTROL = /\p{Cc}/u;

/** A login is in front of the host. */
const hasLogin = (url: string): boolean => /^[^:/]+:\/\/[^/?#]*@/.test(url);

const shown = (given: string): string => (given.includes('@') ? '' : `; not "${given}"`);

function urlOf(given: string, protocols: readonly string[]): URL | undefined {
  if (/\s/.test(given) || CONTROL.test(given) || !given.includes('://') || !URL.canParse(given)) return undefined;
  const url = new URL(given);
  return protocols.includes(url.protocol) && (url.hostname !== '' || url.protocol === 'file:') ? url : undefined;
}

function repositoryFault(given: string): string | undefined {
  // As ssh has it: user@host:path.
  if (/^[\w.-]+@[\w.-]+:[^\s:]+$/.test(given) && !CONTROL.test(given)) return undefined;
  const url = urlOf(given, ['https:', 'http:', 'ssh:', 'git:', 'file:', 'oci:']);
  if (url === undefined)
    return `must be the URL of a git repository, such as https://git.example.com/ci.git or git@git.example.com:ci.git${shown(given)}`;
  // With ssh a user is part of the address; a password never is.
  const allowed = url.protocol === 'ssh:' && url.password === '';
  return hasLogin(given) && !allowed
    ? 'must hold no login, which everybody could read in the Application: give it to Argo CD in the Secret of the repository'
    : undefined;
}
