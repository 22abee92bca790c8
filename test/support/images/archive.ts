// Image archives as `docker save` writes them, made from files without an engine: what `docker load` and `ctr images import` read.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Image {
  /** `name:tag`; one image may have many. */
  readonly names: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: readonly string[];
  /** uid[:gid]; root by default. */
  readonly user?: string;
  readonly workingDir?: string;
}

export interface Layer {
  /** Archive of a root file system that the layer lies over; none by default. */
  readonly base?: string;
  /** Path in the image → file on this machine; all are executable. */
  readonly files?: Readonly<Record<string, string>>;
  /** Path in the image → folder on this machine, which is moved there. */
  readonly trees?: Readonly<Record<string, string>>;
  /** Path in the image → where the link leads. */
  readonly links?: Readonly<Record<string, string>>;
  readonly folders?: readonly string[];
  /** Path in the image → text. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Those of `texts` that are scripts. */
  readonly executable?: readonly string[];
}

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

function tar(folder: string, archive: string, ...flags: readonly string[]): void {
  // The same files give the same bytes, and so the same image.
  const { status, stderr } = spawnSync(
    'tar',
    [
      '--create',
      '--file',
      archive,
      '--sort=name',
      '--mtime=@0',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      ...flags,
      '--directory',
      folder,
      '.',
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`tar ${folder}: ${stderr}`);
}

/** All images share one layer, so that many names cost one copy. @param folder scratch space, removed by the caller; the archive is in it */
export function imageArchive(
  folder: string,
  { base, files = {}, trees = {}, links = {}, folders = [], texts = {}, executable = [] }: Layer,
  images: readonly Image[],
): string {
  const [root, parts, archive] = [join(folder, 'root'), join(folder, 'parts'), join(folder, 'images.tar')];
  const place = (path: string): string => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    return join(root, path);
  };
  mkdirSync(parts, { recursive: true });
  for (const path of folders) mkdirSync(place(path), { recursive: true, mode: 0o755 });
  if (folders.includes('/tmp')) chmodSync(join(root, 'tmp'), 0o1777);
  for (const [path, source] of Object.entries(files)) {
    cpSync(source, place(path), { dereference: true });
    chmodSync(join(root, path), 0o755);
  }
  for (const [path, tree] of Object.entries(trees)) renameSync(tree, place(path));
  for (const [path, target] of Object.entries(links)) symlinkSync(target, place(path));
  for (const [path, text] of Object.entries(texts)) writeFileSync(place(path), text);
  for (const path of executable) chmodSync(join(root, path), 0o755);
  tar(root, join(parts, 'layer.tar'));
  rmSync(root, { recursive: true });
  // Hundreds of megabytes are read where they are.
  if (base !== undefined) symlinkSync(base, join(parts, 'base.tar'));
  const layers = [...(base === undefined ? [] : ['base.tar']), 'layer.tar'];
  const digests = layers.map((name) => `sha256:${sha256(readFileSync(join(parts, name)))}`);
  const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch as string] ?? process.arch;
  const manifest = images.map(({ names, entrypoint, command, env = [], user, workingDir }) => {
    const configuration = JSON.stringify({
      architecture,
      os: 'linux',
      created: '1970-01-01T00:00:00Z',
      config: {
        Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...env],
        Entrypoint: entrypoint,
        Cmd: command,
        User: user,
        WorkingDir: workingDir,
      },
      rootfs: { type: 'layers', diff_ids: digests },
      history: layers.map(() => ({ created: '1970-01-01T00:00:00Z', created_by: 'test/support/images' })),
    });
    const name = `${sha256(configuration)}.json`;
    writeFileSync(join(parts, name), configuration);
    return { Config: name, RepoTags: names, Layers: layers };
  });
  writeFileSync(join(parts, 'manifest.json'), JSON.stringify(manifest));
  tar(parts, archive, '--dereference');
  rmSync(parts, { recursive: true });
  return archive;
}
