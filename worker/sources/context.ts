// An archive of sources becomes the build context: checked whole first, then streamed to the engine. Nothing of it is unpacked onto the disk.
import { posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { BuildFailure, isError } from '../errors';
import { readIgnore } from './ignore';
import { readArchive, readText, type ArchiveEntry, type ArchiveLimits } from './archive';
import { checkLinks } from './names';

const DOCKERFILE_BYTES = 1024 ** 2;

export interface BuildContext {
  /** As it lies in the archive. */
  readonly dockerfile: string;
  /** The context as a tar stream, with `dockerfile` in place of the one in the archive. */
  pack(dockerfile: string): Readable;
}

interface Scan {
  readonly types: Map<string, ArchiveEntry['type']>;
  readonly targets: Map<string, string>;
  readonly texts: Map<string, string>;
}

/** @throws BuildFailure when the archive is hostile, damaged or has no Dockerfile. */
export async function readContext(file: string, limits: ArchiveLimits, signal: AbortSignal): Promise<BuildContext> {
  const scan = await scanArchive(file, limits, signal);
  const prefix = singleFolder(scan);
  await checkLinks(linksBelow(scan, prefix), signal);
  const dockerfile = textAt(scan, `${prefix}Dockerfile`);
  if (dockerfile === undefined) throw new BuildFailure('the sources have no Dockerfile at their top');
  const ignored = textAt(scan, `${prefix}.dockerignore`);
  const ignores = ignored === undefined ? undefined : readIgnore(ignored);
  return {
    dockerfile,
    pack: (replacement) =>
      packContext(file, { prefix, limits, signal, replacement, skip: async (name) => ignores !== undefined && ignores(name, signal) }),
  };
}

async function scanArchive(file: string, limits: ArchiveLimits, signal: AbortSignal): Promise<Scan> {
  const scan: Scan = { types: new Map(), targets: new Map(), texts: new Map() };
  for await (const { name, type, target, size, body } of readArchive(file, limits, signal)) {
    scan.types.set(name, type);
    if (target !== undefined) scan.targets.set(name, target);
    // Only what may be the top's Dockerfile or .dockerignore, or what a link of theirs could mean.
    if (
      type === 'file' &&
      size <= DOCKERFILE_BYTES &&
      /(^|\/)(\.dockerignore|[^/]*dockerfile[^/]*)$/i.test(name) &&
      name.split('/').length <= 6
    ) {
      scan.texts.set(name, (await readText(body, DOCKERFILE_BYTES)).toString('utf8'));
    }
  }
  for (const [name, type] of scan.types) {
    if (type === 'link' && scan.types.get(scan.targets.get(name) ?? '') !== 'file')
      throw new BuildFailure(`the archive's hard link ${JSON.stringify(name)} points to no file of the archive`);
    for (let folder = posix.dirname(name); folder !== '.'; folder = posix.dirname(folder)) {
      const above = scan.types.get(folder);
      if (above !== undefined && above !== 'directory')
        throw new BuildFailure(`the archive's entry ${JSON.stringify(name)} lies below ${JSON.stringify(folder)}, which is a ${above}`);
    }
  }
  return scan;
}

/** `folder/` when everything lies in one, as GitHub's archives have it. */
function singleFolder({ types }: Scan): string {
  const tops = new Set([...types.keys()].map((name) => name.split('/')[0] ?? ''));
  const [top] = tops;
  if (tops.size !== 1 || top === undefined) return '';
  const type = types.get(top);
  return type === undefined || type === 'directory' ? `${top}/` : '';
}

/** Symbolic links by their names in the folder that is built. */
function linksBelow({ types, targets }: Scan, prefix: string): Map<string, string> {
  const links = [...targets].filter(([name]) => types.get(name) === 'symlink' && name.startsWith(prefix));
  return new Map(links.map(([name, target]) => [name.slice(prefix.length), target]));
}

/** Follows links inside the archive, as a file system would. */
function textAt({ types, targets, texts }: Scan, start: string): string | undefined {
  let name = start;
  for (let hops = 0; hops < 10; hops += 1) {
    const type = types.get(name);
    if (type === undefined) return undefined;
    if (type === 'file') {
      const text = texts.get(name);
      if (text === undefined) throw new BuildFailure(`${JSON.stringify(start)} is no Dockerfile of at most ${DOCKERFILE_BYTES} bytes`);
      return text;
    }
    if (type === 'directory') throw new BuildFailure(`${JSON.stringify(start)} is a folder, not a file`);
    const target = targets.get(name) ?? '';
    name = type === 'link' ? target : posix.normalize(posix.join(posix.dirname(name), target));
  }
  throw new BuildFailure(`${JSON.stringify(start)} is a link that leads nowhere`);
}

interface PackOptions {
  readonly prefix: string;
  readonly limits: ArchiveLimits;
  readonly signal: AbortSignal;
  readonly replacement: string;
  readonly skip: (name: string) => Promise<boolean>;
}

function packContext(file: string, options: PackOptions): Readable {
  const tar = pack();
  const output = Readable.from(tar as unknown as AsyncIterable<Buffer>, { objectMode: false });
  write().then(
    () => tar.finalize(),
    (error: unknown) => output.destroy(isError(error) ? error : new Error(String(error))),
  );
  output.once('close', () => tar.destroy());
  // Whoever reads it sees the error; when nobody does any more, it must not end the process.
  output.on('error', () => undefined);
  return output;

  async function write(): Promise<void> {
    const { prefix, limits, signal, replacement, skip } = options;
    const put = (header: Parameters<typeof tar.entry>[0], content?: string) =>
      new Promise<void>((resolve, reject) => tar.entry(header, content ?? '', (error) => (error ? reject(error) : resolve())));
    // First, so that a hard link to it finds it.
    await put({ name: 'Dockerfile', mode: 0o644, mtime: new Date(0) }, replacement);
    for await (const entry of readArchive(file, limits, signal)) {
      if (!entry.name.startsWith(prefix)) continue;
      const name = entry.name.slice(prefix.length);
      if (name === '' || name === 'Dockerfile' || (await skip(name))) continue;
      const header = { name, mode: entry.mode, mtime: entry.modified, uid: 0, gid: 0 };
      if (entry.type === 'directory') await put({ ...header, type: 'directory' });
      else if (entry.type === 'symlink') await put({ ...header, type: 'symlink', linkname: entry.target ?? '' });
      else if (entry.type === 'link') await put({ ...header, type: 'link', linkname: (entry.target ?? '').slice(prefix.length) });
      else await pipeline(entry.body, tar.entry({ ...header, size: entry.size }));
    }
  }
}
