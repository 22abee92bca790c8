// containerd as the clusters' nodes run it, with its client and its shim, built from the Go module.
import { join } from 'node:path';
import { folder, isExecutable } from './cache';
import { goPart } from './go';
import type { Part } from './part';
import { versions } from './versions';

const goModule = 'github.com/containerd/containerd/v2';
const version = versions['node-containerd'];
const programs = ['containerd', 'ctr', 'containerd-shim-runc-v2'].map((name) =>
  goPart({
    name,
    version,
    module: goModule,
    package: `./cmd/${name}`,
    tags: ['no_btrfs', 'no_devmapper', 'no_zfs'],
    ldflags: `-X ${goModule}/version.Version=v${version}`,
  }),
);
const place = (): string => folder('go', `${goModule.replaceAll('/', '_')}@v${version}`, 'bin');

/** The three lie in one folder; the part's path is the server's. */
export const nodeContainerd: Part = {
  name: 'node-containerd',
  version,
  find: () =>
    ['containerd', 'ctr', 'containerd-shim-runc-v2'].every((name) => isExecutable(join(place(), name)))
      ? join(place(), 'containerd')
      : undefined,
  async install() {
    for (const program of programs) await program.install();
  },
};
