// A root file system with Debian's Docker engine and what it needs to run rootless: what the tests run beside the build worker in a pod.
import { debianRoot } from './debian-root';

/** The user that Docker's own rootless image has, with ids of its own for the users of its containers. */
const USER = [
  'echo "rootless:x:1000:" >> "$1/etc/group"',
  'echo "rootless:x:1000:1000::/home/rootless:/bin/sh" >> "$1/etc/passwd"',
  'echo "rootless:100000:65536" > "$1/etc/subuid"',
  'cp "$1/etc/subuid" "$1/etc/subgid"',
  'mkdir -p "$1/home/rootless/.local/share/docker" "$1/run/user/1000"',
  'chown -R 1000:1000 "$1/home/rootless" "$1/run/user/1000"',
].join('; ');

export const engineRoot = debianRoot({
  name: 'engine-root',
  packages: ['docker.io', 'iptables', 'iproute2', 'ca-certificates', 'rootlesskit', 'uidmap', 'slirp4netns'],
  hook: ['customize', USER],
});
