// runc as the clusters' nodes run it, built from the Go module with Debian's libseccomp. A C compiler must be there.
import { folder } from './cache';
import { unpack } from './debian';
import { goPart } from './go';
import type { Part } from './part';
import { versions } from './versions';

const version = versions['node-runc'];

/** The program is called as it must be; the part is not Debian's `runc`. */
export const nodeRunc: Part = {
  ...goPart({
    name: 'runc',
    version,
    module: 'github.com/opencontainers/runc',
    package: '.',
    tags: ['seccomp', 'netgo', 'osusergo'],
    ldflags: `-X main.version=${version}`,
    async libraries() {
      const root = folder('debian', 'libseccomp-dev');
      await unpack('node-runc', ['libseccomp-dev'], root);
      return { root, names: ['seccomp'] };
    },
  }),
  name: 'node-runc',
};
