// The program's own image, as its Dockerfile makes it, on the libraries of this machine in place of a base that is fetched.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../cli';
import { imageArchive } from './archive';

export const PLUGIN_IMAGE = 'cdk8s-estafette.test/cdk8s-estafette:1';
const PROGRAM = '/usr/local/bin/cdk8s-estafette';

/**
 * @param folder scratch space, removed by the caller; the archive is in it
 * @param program the executable file
 */
export function pluginArchive(folder: string, program: string): string {
  const { status, stdout, stderr } = spawnSync('ldd', [program], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ldd ${program}: ${stderr}`);
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, library = '']) => library);
  return imageArchive(
    folder,
    {
      files: { [PROGRAM]: program, ...Object.fromEntries(libraries.map((library) => [library, library])) },
      folders: ['/tmp', '/work'],
      texts: { '/home/argocd/cmp-server/config/plugin.yaml': readFileSync(join(ROOT, 'plugin.yaml'), 'utf8') },
    },
    [{ names: [PLUGIN_IMAGE], entrypoint: [PROGRAM], command: ['--help'], workingDir: '/work', user: '999:999' }],
  );
}
