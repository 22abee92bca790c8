// The image of the DevStats database under the chart's name: Debian's PostgreSQL and Patroni, started as the chart's image starts its own.
import { imageArchive } from './archive';

export const PATRONI_PARTS = ['patroni-root'] as const;
export const PATRONI_IMAGE = 'lukaszgryglicki/devstats-patroni:latest';
/** The image of bootstrap and provisioning has nothing of DevStats in it: a shell for other commands. */
const DEVSTATS_IMAGE = 'lukaszgryglicki/devstats-test:latest';

/**
 * Everything else comes from the StatefulSet's environment. A commit is answered once a replica has it: what is acknowledged survives
 * the leader. The log goes to stderr, so that kubectl shows it.
 */
const START = `#!/bin/sh
set -e
mkdir -p "$PATRONI_POSTGRESQL_DATA_DIR"
chmod 700 "$PATRONI_POSTGRESQL_DATA_DIR"
cat > /tmp/patroni.yml <<EOF
bootstrap:
  dcs:
    ttl: 30
    loop_wait: 10
    retry_timeout: 10
    synchronous_mode: true
    postgresql:
      use_pg_rewind: true
  initdb:
  - encoding: UTF8
  - data-checksums
  pg_hba:
  - local all all trust
  - host all all 0.0.0.0/0 md5
  - host replication standby 0.0.0.0/0 md5
restapi:
  connect_address: $POD_IP:8008
postgresql:
  connect_address: $POD_IP:\${PATRONI_POSTGRESQL_LISTEN##*:}
  bin_dir: /usr/lib/postgresql/15/bin
  parameters:
    unix_socket_directories: /tmp
EOF
exec patroni /tmp/patroni.yml
`;

/** @param folder scratch space, removed by the caller; the archive is in it @param parts.patroni-root archive of the root file system */
export const patroniArchive = (folder: string, parts: Readonly<Record<(typeof PATRONI_PARTS)[number], string>>): string =>
  imageArchive(
    folder,
    { base: parts['patroni-root'], texts: { '/usr/local/bin/start-patroni': START }, executable: ['/usr/local/bin/start-patroni'] },
    [{ names: [PATRONI_IMAGE], entrypoint: ['/usr/local/bin/start-patroni'], user: '999:999' }, { names: [DEVSTATS_IMAGE] }],
  );
