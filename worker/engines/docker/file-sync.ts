// Files for BuildKit: it is told what there is, asks for the content of what it has not, and gets it.
import { once } from 'node:events';
import type { ServerHttp2Stream } from 'node:http2';
import type { ContextFolder, FolderEntry } from '../engine';
import { frameOf, GRPC, messagesIn } from './grpc';
import { numberOf, readFields, writeFields } from './protobuf';

export const DIFF_COPY = '/moby.filesync.v1.FileSync/DiffCopy';

/** Types of packets; one with an entry is 0, and so is the one that says that no more follow. */
const [REQUEST, DATA, FINISHED, FAILED] = [1, 2, 3, 4];
const NO_MORE_ENTRIES = Buffer.alloc(0);

/** Bits of Go's file modes beside the permissions, which are Unix's. */
const TYPE_BITS = { file: 0, link: 0, directory: 2 ** 31, symlink: 2 ** 27 } as const;
const SPECIAL_BITS = [
  [0o4000, 2 ** 23],
  [0o2000, 2 ** 22],
  [0o1000, 2 ** 20],
] as const;

function modeOf({ type, mode }: FolderEntry): number {
  const special = SPECIAL_BITS.reduce((sum, [unix, go]) => sum + ((mode & unix) === 0 ? 0 : go), 0);
  return TYPE_BITS[type] + special + (mode & 0o777);
}

/** Owned by root, as in every build context. */
function statOf(entry: FolderEntry): Buffer {
  return writeFields([
    [1, entry.path],
    [2, modeOf(entry)],
    [5, entry.size],
    [6, BigInt(Math.max(0, Math.floor(entry.modified))) * 1_000_000n],
    [7, entry.target ?? ''],
  ]);
}

/** Resolves when the engine has what it wants of the folder. */
export async function sendFolder(stream: ServerHttp2Stream, folder: ContextFolder): Promise<void> {
  stream.respond(GRPC, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  const closed = new AbortController();
  stream.once('close', () => closed.abort());
  const send = async (packet: Buffer): Promise<void> => {
    closed.signal.throwIfAborted();
    if (!stream.write(frameOf(packet))) await once(stream, 'drain', { signal: closed.signal });
  };
  const sendEntries = async (): Promise<void> => {
    for (const entry of folder.entries) await send(writeFields([[2, statOf(entry)]]));
    await send(NO_MORE_ENTRIES);
  };
  const sendContent = async (id: number): Promise<void> => {
    const head = [
      [1, DATA],
      [3, id],
    ] as const;
    for await (const chunk of folder.read(id)) await send(writeFields([...head, [4, chunk]]));
    await send(writeFields(head));
  };
  // The engine asks while entries come, and reads slowly what it has asked for.
  let sent = sendEntries();
  sent.catch(() => stream.destroy());
  for await (const message of messagesIn(stream.iterator({ destroyOnReturn: false }))) {
    const packet = readFields(message);
    const type = numberOf(packet, 1);
    if (type === REQUEST) {
      sent = sent.then(() => sendContent(numberOf(packet, 3)));
      sent.catch(() => stream.destroy());
    } else if (type === FINISHED) {
      await sent;
      await send(writeFields([[1, FINISHED]]));
      stream.end();
      return;
    } else if (type === FAILED) {
      stream.destroy();
      return;
    }
  }
}
