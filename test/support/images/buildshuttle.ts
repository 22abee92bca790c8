// Images of the chart buildshuttle: the worker out of the files that its Dockerfile takes, and Debian's Docker engine.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from '../cli';
import { imageArchive } from './archive';

/** Names of scripts/parts. */
export const BUILDSHUTTLE_PARTS = ['engine-root', 'busybox', 'stand-in'] as const;
export type BuildshuttleParts = Readonly<Record<(typeof BUILDSHUTTLE_PARTS)[number], string>>;

/** The service as people have it who run Akkeris' manifests. */
export const PUBLISHED_IMAGE = 'akkeris/buildshuttle:latest';

const SERVER = ['/usr/local/bin/node', 'worker/lib/server.js'];

/** What the worker runs with, as `npm ci --omit=dev -w worker` would install it: no package of the charts' side. */
function copyWorker(app: string): void {
  // A fresh checkout has no worker/lib.
  const built = spawnSync('npm', ['run', '--silent', 'build', '--workspace=worker'], { cwd: ROOT, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the worker cannot be built:\n${built.stdout}${built.stderr}`);
  const { stdout } = spawnSync('npm', ['ls', '--omit=dev', '--workspace=worker', '--all', '--parseable'], { cwd: ROOT, encoding: 'utf8' });
  const packages = stdout
    .split('\n')
    .map((path) => relative(ROOT, path))
    .filter((path) => path.startsWith('node_modules/') && !path.includes('cdk8s'));
  if (packages.length < 50) throw new Error(`npm ls names ${packages.length} packages of the worker:\n${stdout}`);
  for (const path of [...packages, 'worker/lib', 'worker/package.json'])
    cpSync(realpathSync(join(ROOT, path)), join(app, path), {
      recursive: true,
      // A package below another is named by itself where it is needed.
      filter: (file) => !relative(join(ROOT, path), file).split('/').includes('node_modules'),
    });
}

/**
 * One layer over Debian's engine for all of them.
 * @param folder scratch space, removed by the caller; the archive is in it
 * @param tags of the image build-worker
 */
export function buildshuttleArchive(folder: string, parts: BuildshuttleParts, tags: readonly string[]): string {
  const app = join(folder, 'app');
  mkdirSync(app, { recursive: true });
  copyWorker(app);
  return imageArchive(
    folder,
    {
      base: parts['engine-root'],
      files: {
        '/usr/local/bin/node': process.execPath,
        '/usr/bin/busybox': parts.busybox,
        // Posts the token of the Job that makes it; the real curl is tried in test/integration/keys.
        '/usr/local/bin/curl': parts['stand-in'],
      },
      trees: { '/app': app },
      texts: { '/usr/local/bin/dockerd-entrypoint.sh': '#!/bin/sh\nexec "$@"\n' },
      executable: ['/usr/local/bin/dockerd-entrypoint.sh'],
    },
    [
      { names: ['docker:28.5.2-dind-rootless'], user: '1000:1000', env: ['HOME=/home/rootless'] },
      { names: ['docker:28.5.2-dind', 'curlimages/curl:8.12.1'] },
      { names: tags.map((tag) => `build-worker:${tag}`), entrypoint: SERVER, workingDir: '/app', user: '65532:65532' },
      { names: [PUBLISHED_IMAGE], entrypoint: SERVER, workingDir: '/app', env: ['ALLOW_ANONYMOUS=true', 'DATA_DIR=/tmp/data'] },
    ],
  );
}
