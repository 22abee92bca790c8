// Live objects by name: read, and written again as long as others write to them at the same time.
import { pause } from '../output';
import { InputError } from '../usage';
import { at, type Reference, type Thing } from '../diff/objects';
import { ask, itemsIn, type Answer, type ClusterFlags } from './kubectl';

const bare = ({ apiVersion, kind, namespace, name }: Reference): object => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace ? { namespace } : {}) },
});
/** As kubectl reads it. */
export const listOf = (items: readonly object[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
export const namesOnly = (references: readonly Reference[]): string => listOf(references.map(bare));

/** Those that are there; kinds that the server does not know have none. @throws InputError with what kubectl complains of */
export function getObjects(references: readonly Reference[], flags: ClusterFlags): Thing[] {
  if (!references.length) return [];
  const answer = ask(['get', '--output=json', '--show-managed-fields', '--ignore-not-found', '--filename=-'], flags, namesOnly(references));
  const wrong = answer.complaints.find((line) => !/no matches for kind|ensure CRDs are installed first|^Warning: /.test(line));
  if (answer.status !== 0 && wrong !== undefined) throw new InputError([`kubectl get: ${wrong}`]);
  return itemsIn(answer.stdout) as Thing[];
}

/** @throws InputError with what kubectl complains of */
export function must(what: string, { status, stdout, complaints }: Answer): string {
  if (status === 0) return stdout;
  const wrong = complaints.filter((line) => !line.startsWith('Warning: '));
  throw new InputError((wrong.length ? wrong : [`ended with ${status}`]).map((line) => `kubectl ${what}: ${line}`));
}

const ATTEMPTS = 20;

/**
 * Writes objects as `edit` gives them, until it has nothing to change. A write that somebody was faster than is tried again.
 * @returns how many were changed
 * @throws InputError with what kubectl complains of
 */
export function editObjects(references: readonly Reference[], edit: (live: Thing) => Thing | undefined, flags: ClusterFlags): number {
  const written = new Set<unknown>();
  for (let attempt = 1; ; attempt++) {
    const wanted = getObjects(references, flags).flatMap((live) => edit(live) ?? []);
    if (!wanted.length) return written.size;
    for (const object of wanted) written.add(at(object, 'metadata', 'uid'));
    const answer = ask(['replace', '--filename=-'], flags, listOf(wanted));
    const isConflict = answer.complaints.every((line) => /^Warning: |the object has been modified|\(Conflict\)/.test(line));
    if (answer.status !== 0 && !isConflict) must('replace', answer);
    if (attempt === ATTEMPTS) throw new InputError([`somebody else goes on writing to ${wanted.length} objects: run the command again`]);
    if (answer.status !== 0) pause(500);
  }
}
