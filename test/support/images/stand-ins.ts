// Images under the names that our manifests use: real programs where they can be had, and honest stand-ins (README.md) for the others.
import { imageArchive, type Image, type Layer } from './archive';

/** What the images are filled with: names of scripts/parts. */
export const STAND_IN_PARTS = ['stand-in', 'busybox', 'bash-static', 'nats-server', 'prometheus'] as const;
export type StandInParts = Readonly<Record<(typeof STAND_IN_PARTS)[number], string>>;

/** Entrypoint by repository, without registry and tag. */
const ENTRYPOINTS: Readonly<Record<string, readonly string[] | undefined>> = {
  busybox: [],
  'curlimages/curl': [],
  'cockroachdb/cockroach': ['/cockroach/cockroach.sh'],
  'cockroachlabs-helm-charts/cockroach-self-signer-cert': ['/stand-in', 'self-signer'],
  'estafette/estafette-ci-api': ['/stand-in', 'api'],
  'estafette/estafette-ci-cron-event-sender': ['/stand-in', 'cron-event-sender'],
  'estafette/estafette-ci-db-migrator': ['/stand-in', 'migrator'],
  'estafette/estafette-ci-web': ['/stand-in', 'web'],
  'jimmidyson/configmap-reload': ['/stand-in', 'configmap-reload'],
  nats: ['/usr/local/bin/nats-server'],
  'natsio/nats-server-config-reloader': ['/usr/local/bin/nats-server-config-reloader'],
  'natsio/prometheus-nats-exporter': ['/stand-in', 'nats-exporter'],
  'prometheus/prometheus': ['/bin/prometheus'],
};

/** "quay.io/prometheus/prometheus:v2" → "prometheus/prometheus" */
function repositoryOf(image: string): string {
  const [first = '', ...rest] = image
    .replace(/@.*$/, '')
    .replace(/:[^:/]*$/, '')
    .split('/');
  return rest.length && /[.:]|^localhost$/.test(first) ? rest.join('/') : [first, ...rest].join('/');
}

/** The commands that scripts in pod specs call. */
const APPLETS = [
  'sh',
  'cat',
  'chmod',
  'base64',
  'cp',
  'echo',
  'env',
  'head',
  'hostname',
  'id',
  'ls',
  'mkdir',
  'nc',
  'nslookup',
  'od',
  'sed',
  'sleep',
  'tail',
  'test',
  'tr',
  'true',
  'wget',
];

const layer = (parts: StandInParts): Layer => ({
  files: {
    '/stand-in': parts['stand-in'],
    '/bin/busybox': parts.busybox,
    '/bin/bash': parts['bash-static'],
    '/usr/local/bin/nats-server': parts['nats-server'],
    '/bin/prometheus': parts.prometheus,
  },
  links: {
    ...Object.fromEntries(APPLETS.map((applet) => [`/bin/${applet}`, 'busybox'])),
    '/cockroach/cockroach': '/stand-in',
    '/bin/curl': '/stand-in',
    '/usr/local/bin/nats-server-config-reloader': '/stand-in',
  },
  folders: ['/tmp', '/var/run', '/data', '/cockroach/cockroach-data'],
  texts: {
    '/etc/passwd': 'root:x:0:0:root:/:/bin/sh\n',
    '/etc/group': 'root:x:0:\n',
    // The image's own entrypoint: `shell` runs the rest with sh, anything else is for the program.
    '/cockroach/cockroach.sh': '#!/bin/sh\nif [ "$1" = shell ]; then shift; exec /bin/sh "$@"; fi\nexec /cockroach/cockroach "$@"\n',
  },
  executable: ['/cockroach/cockroach.sh'],
});

/** @param names images with their tags @throws Error that names what has no stand-in */
export function standInArchive(folder: string, parts: StandInParts, names: readonly string[]): string {
  const images: Image[] = names.map((name) => {
    const entrypoint = ENTRYPOINTS[repositoryOf(name)];
    if (!entrypoint) throw new Error(`no stand-in for the image ${name}: add its repository to ${__filename}`);
    const tagged = /:[^/]+$/.test(name) ? name : `${name}:latest`;
    return { names: [tagged], entrypoint, workingDir: repositoryOf(name) === 'cockroachdb/cockroach' ? '/cockroach' : '/' };
  });
  return imageArchive(folder, layer(parts), images);
}
