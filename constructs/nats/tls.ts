// Certificates: which Secrets the servers mount, where, and for whom.
import type { Volume, VolumeMount } from 'kubernetes-types/core/v1';
import { text } from '../../helm/print';
import type { Scalar, Values } from '../../helm/schema';
import type { natsValues } from './values';

type NatsSettings = Values<typeof natsValues>;
export type Tls = NonNullable<NatsSettings['nats']['tls']>;
type Name = Scalar | null | undefined;

/** What every use of TLS has: files in a Secret. */
export interface CertificateFiles {
  readonly secret?: { readonly name?: Name } | null;
  readonly ca?: Name;
  readonly cert?: Name;
  readonly key?: Name;
}

export interface TlsUse {
  /** Where the value stands, such as `nats.tls`. */
  readonly path: readonly string[];
  /** Folder below /etc/nats-certs, and part of the volume's name. */
  readonly folder: string;
  readonly tls: CertificateFiles;
}

/** True when a group has any key of its own, be it a null. A group without defaults is an empty one here, where Helm has none at all. */
export function isGiven<T extends object>(group: T | null | undefined): group is T {
  if (group === undefined || group === null) return false;
  return Object.values(group).some((value: unknown) => !isMap(value) || isGiven(value));
}

const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every use of TLS that is configured, in the order in which the servers mount the Secrets. */
export function tlsUses(values: NatsSettings): TlsUse[] {
  const candidates: readonly (readonly [owner: string, folder: string, tls: CertificateFiles | undefined])[] = [
    ['nats', 'clients', values.nats.tls],
    ['mqtt', 'mqtt', values.mqtt.tls],
    ['cluster', 'cluster', values.cluster.tls],
    ['leafnodes', 'leafnodes', values.leafnodes.tls],
    ['gateway', 'gateways', values.gateway.tls],
    ['websocket', 'ws', values.websocket.tls],
  ];
  return candidates.flatMap(([owner, folder, tls]) => (isGiven(tls) ? [{ path: [owner, 'tls'], folder, tls }] : []));
}

export const certificateFolder = (folder: string, tls: CertificateFiles): string => `/etc/nats-certs/${folder}/${secretName(tls)}`;

export const secretName = (tls: CertificateFiles): string => text(tls.secret?.name);

const volumeName = ({ folder, tls }: TlsUse): string => `${secretName(tls)}-${folder}-volume`;

export const tlsVolume = (use: TlsUse): Volume => ({ name: volumeName(use), secret: { secretName: secretName(use.tls) || undefined } });

export const tlsMount = (use: TlsUse): VolumeMount => ({ name: volumeName(use), mountPath: certificateFolder(use.folder, use.tls) });
