// The folder with what was there before a takeover: all that an undo needs, and what an interrupted one goes on with.
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { writeYamlStream } from '../../helm/yaml/write';
import { listOf } from '../cluster/objects';
import type { Reference, Thing } from '../diff/objects';
import { InputError } from '../usage';
import type { Plan } from './plan';

const FILES = {
  objects: 'objects.json',
  records: 'helm.json',
  release: 'release.yaml',
  state: 'takeover.json',
  readme: 'README.txt',
  /** A checkout is where most people run this, and secrets have no place in it. */
  ignore: '.gitignore',
} as const;

/** What is known of a takeover that has begun. */
export interface State {
  readonly formatVersion: 1;
  readonly release: string;
  readonly chart: string;
  readonly namespace: string;
  readonly target: string;
  /** Context and server, for people. */
  readonly cluster: string;
  readonly managers: readonly string[];
  readonly added: readonly Reference[];
  readonly gone: readonly Reference[];
  readonly unmark: readonly Reference[];
  /** Whether the release is Helm's again. */
  readonly undone: boolean;
}

export interface Backup extends State {
  readonly folder: string;
  /** Live objects as they were. */
  readonly objects: readonly Thing[];
  readonly records: readonly Thing[];
  /** What is applied. */
  readonly manifests: string;
}

export const manifestsOf = ({ now }: Pick<Plan, 'now'>): string => writeYamlStream(now);

/** Undefined where no takeover has begun. @throws InputError when the folder is something else */
export function readBackup(folder: string): Backup | undefined {
  if (!existsSync(folder)) return undefined;
  const names = readdirSync(folder);
  if (!names.includes(FILES.state)) {
    const strange = names.find((name) => !(Object.values(FILES) as string[]).includes(name.replace(/\.new$/, '')));
    if (strange === undefined) return undefined;
    throw new InputError([`${folder} is not a backup of a takeover: it holds ${strange}; choose another folder with --backup`]);
  }
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  try {
    const items = (name: string): Thing[] => (JSON.parse(read(name)) as { items: Thing[] }).items;
    return {
      ...(JSON.parse(read(FILES.state)) as State),
      folder,
      objects: items(FILES.objects),
      records: items(FILES.records),
      manifests: read(FILES.release),
    };
  } catch (error) {
    throw new InputError([`${folder} is not a whole backup of a takeover: one of its files cannot be read`], { cause: error });
  }
}

/** The state comes last: with it the backup is whole. @throws Error with what the disk says */
export function writeBackup(folder: string, plan: Plan, records: readonly Thing[], target: string): Backup {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const { release, chart, namespace, cluster = '' } = plan.report;
  const { managers, added, gone, unmark } = plan;
  const state: State = { formatVersion: 1, release, chart, namespace, target, cluster, managers, added, gone, unmark, undone: false };
  write(folder, FILES.ignore, '*\n');
  write(folder, FILES.readme, readme(state, folder));
  write(folder, FILES.objects, listOf(plan.live));
  write(folder, FILES.records, listOf(records));
  write(folder, FILES.release, manifestsOf(plan));
  write(folder, FILES.state, JSON.stringify(state, undefined, 2));
  return { ...state, folder, objects: plan.live, records, manifests: manifestsOf(plan) };
}

export function markUndone({ folder }: Backup): void {
  const state = JSON.parse(readFileSync(join(folder, FILES.state), 'utf8')) as State;
  write(folder, FILES.state, JSON.stringify({ ...state, undone: true }, undefined, 2));
}

const readme = (
  { release, namespace, cluster }: State,
  folder: string,
): string => `The release ${release} in the namespace ${namespace} of ${cluster}, as it was before it was taken over from Helm.

These files hold secrets, as they are in the cluster. Nobody but you may read them; do not commit them, and delete the folder when you
need no way back.

The way back: cdk8s-estafette takeover --undo ${folder}
`;

/** Whole or not at all, for the owner's eyes only, and on the disk before anything else is done. */
function write(folder: string, name: string, text: string): void {
  const file = openSync(join(folder, `${name}.new`), 'w', 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(join(folder, `${name}.new`), join(folder, name));
}
