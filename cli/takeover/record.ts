// What Helm keeps of a release: a Secret (or ConfigMap) for each revision, the newest of which tells values and manifests.
import { gunzipSync } from 'node:zlib';
import { readYamlStream } from '../../helm/yaml/read';
import { answerOf, itemsIn, type ClusterFlags } from '../cluster/kubectl';
import { at, isPlain, maps, type Plain, type Thing } from '../diff/objects';
import { InputError } from '../usage';

export interface HelmRelease {
  readonly version: number;
  /** Name and version of its chart. */
  readonly chart: string;
  /** What the user gave. */
  readonly values: Plain;
  /** All that Helm has made, hooks included. */
  readonly objects: readonly Thing[];
}

/** All revisions as they stand in the cluster. @throws InputError with what kubectl complains of */
export function helmRecords(release: string, namespace: string, flags: ClusterFlags): Thing[] {
  const selector = `--selector=owner=helm,name=${release}`;
  return itemsIn(answerOf(['get', 'secrets,configmaps', '--output=json', selector, `--namespace=${namespace}`], flags)) as Thing[];
}

/**
 * @param records at least one
 * @throws InputError when a command of Helm's is under way, or was cut off, or a record cannot be read
 */
export function helmRelease(records: readonly Thing[]): HelmRelease {
  const read = records.map(decode).toSorted((a, b) => b.version - a.version);
  const [newest] = read;
  if (!newest) throw new InputError(['there is no record of Helm']);
  if (/^(pending-|uninstalling)/.test(newest.status))
    throw new InputError([
      `Helm calls revision ${newest.version} of ${newest.name} ${newest.status}: a command of Helm's is under way, or ` +
        `was cut off; let it end, or mend it with helm rollback`,
    ]);
  // Of a revision that failed some objects are there, and of the one before it the others.
  const since = read.findIndex(({ status }) => status === 'deployed');
  const counted = since < 0 ? read : read.slice(0, since + 1);
  return { ...newest, objects: counted.flatMap(({ objects }) => objects) };
}

interface Revision extends HelmRelease {
  readonly name: string;
  readonly status: string;
}

function decode(record: Thing): Revision {
  const place = `${record.kind} ${record.metadata.name}`;
  try {
    const stored = Buffer.from(String(at(record, 'data', 'release')), 'base64');
    // A Secret's data is encoded once more than a ConfigMap's.
    const bytes = record.kind === 'Secret' ? Buffer.from(stored.toString('latin1'), 'base64') : stored;
    const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8');
    const data: unknown = JSON.parse(text);
    const chart = at(data, 'chart', 'metadata');
    const { config } = data as { readonly config?: unknown };
    return {
      name: String(at(data, 'name')),
      version: Number(at(data, 'version')),
      status: String(at(data, 'info', 'status')),
      chart: `${String(at(chart, 'name'))} ${String(at(chart, 'version'))}`,
      values: isPlain(config) ? config : {},
      objects: [at(data, 'manifest'), ...maps(at(data, 'hooks')).map((hook) => hook['manifest'])].flatMap((manifest) =>
        objectsIn(String(manifest ?? ''), place),
      ),
    };
  } catch (error) {
    // A parser's message may quote what it read.
    throw new InputError([`${place} is not a record of a release that Helm 3 or 4 has written`], { cause: error });
  }
}

const objectsIn = (manifest: string, place: string): Thing[] =>
  readYamlStream(manifest, place).filter(
    (document): document is Thing =>
      isPlain(document) && typeof document['kind'] === 'string' && at(document, 'metadata', 'name') !== undefined,
  );
