// A root file system with Debian's PostgreSQL and Patroni: what the tests run the database of DevStats with.
import { debianRoot } from './debian-root';

/** The user that the chart's image has: volumes are made writable for its group. */
const USER = [
  'echo "postgres:x:999:" >> "$1/etc/group"',
  'echo "postgres:x:999:999::/var/lib/postgresql:/bin/bash" >> "$1/etc/passwd"',
  'mkdir -p "$1/etc/postgresql-common"',
  'echo "create_main_cluster = false" > "$1/etc/postgresql-common/createcluster.conf"',
].join('; ');

export const patroniRoot = debianRoot({
  name: 'patroni-root',
  packages: ['patroni', 'postgresql-15', 'python3-kubernetes'],
  hook: ['essential', USER],
});
