// The release of the cluster tests: its stream, its images, and whether all of it runs.
import { standInArchive, type StandInParts } from './images/stand-ins';
import { cli, ROOT } from './cli';
import { eventually, succeed, type Cluster } from './parts';

/** Name of the release, of its chart and of its namespace. */
export const RELEASE = 'estafette-ci';
/** Given as a person would who has them saved. */
export const KEYS = { 'api.secret.b64encoded': true, 'api.secret.secretDecryptionKey': 'c2VjcmV0', 'api.secret.jwtKey': 'and0' };

/** Values as flags. */
export const flagsOf = (set: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(set).flatMap(([path, value]) => ['--set', `${path}=${String(value)}`]);

/** What `template` prints, keys included. @throws Error with what it says */
export function stream(...flags: string[]): string {
  const { status, stdout, stderr } = cli(['template', RELEASE, RELEASE, '-n', RELEASE, '--create-namespace', ...flagsOf(KEYS), ...flags], {
    cwd: ROOT,
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** Gives the nodes the images that a stream names, and others. */
export async function loadImages(subject: Cluster, parts: StandInParts, manifests: string, ...others: string[]): Promise<void> {
  const images = [...manifests.matchAll(/^\s*(?:- )?image: "?([^"\n]+)"?$/gm)].map(([, image = '']) => image);
  await subject.load(standInArchive(subject.folder, parts, [...new Set([...images, ...others])]));
}

/** Waits until all replicas of all workloads are ready and all Jobs are complete. @throws Error with pods and events */
export async function untilReady(subject: Cluster, seconds = 240): Promise<void> {
  const get = (...args: string[]): Promise<string> => succeed(subject.kubectl(['get', '-n', RELEASE, ...args]));
  const lines = (): Promise<string> =>
    get(
      'deployments,statefulsets',
      '-o',
      String.raw`jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.generation}={.status.observedGeneration} {.status.readyReplicas}/{.status.updatedReplicas}/{.spec.replicas}{"\n"}{end}`,
    );
  const jobs = (): Promise<string> =>
    get(
      'jobs',
      '-o',
      String.raw`jsonpath={range .items[*]}{.metadata.name} {.metadata.ownerReferences[0].kind} {.status.conditions[?(@.type=="Complete")].status}{"\n"}{end}`,
    );
  try {
    await eventually(
      lines,
      (text) =>
        text.trim().split('\n').length > 3 &&
        text
          .trim()
          .split('\n')
          .every((line) => / (\d+)=\1 (\d+)\/\2\/\2$/.test(line)),
      seconds,
    );
    await eventually(
      jobs,
      (text) =>
        text
          .trim()
          .split('\n')
          .every((line) => line.includes(' CronJob ') || line.endsWith(' True')),
      120,
    );
  } catch (error) {
    const { stdout } = await subject.kubectl(['get', 'pods,jobs,pvc,events', '-n', RELEASE, '-o', 'wide']);
    throw new Error(`${String(error)}\n${stdout}`, { cause: error });
  }
}
