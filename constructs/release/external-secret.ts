// An ExternalSecret in place of a Secret: the operator reads the store and writes the Secret, under the same name with the same keys.
import type { KubeObject } from '../../kubernetes/object';
import { plainText, text } from '../../helm/print';
import type { SecretSettings } from '../common/secret-settings';

/** What is written of the API external-secrets.io/v1. */
export interface ExternalSecret extends KubeObject {
  readonly apiVersion: 'external-secrets.io/v1';
  readonly kind: 'ExternalSecret';
  readonly spec: {
    readonly refreshInterval: string;
    readonly secretStoreRef: { readonly name: string; readonly kind: string };
    readonly target: {
      readonly name: string;
      /** The Secret goes with the ExternalSecret, or stays. */
      readonly creationPolicy: 'Owner' | 'Orphan';
      readonly template: { readonly type: string; readonly metadata?: { readonly labels?: object; readonly annotations?: object } };
    };
    readonly data: readonly {
      readonly secretKey: string;
      readonly remoteRef: {
        readonly key: string;
        readonly property: string;
        readonly conversionStrategy: 'Default';
        readonly decodingStrategy: 'None';
        readonly metadataPolicy: 'None';
      };
    }[];
  };
}

export interface WantedSecret {
  readonly metadata: KubeObject['metadata'];
  /** @default 'Opaque' */
  readonly type?: string;
  readonly keys: readonly string[];
  /** Whether it stays when the release is removed. */
  readonly isKept: boolean;
}

/** The store holds each Secret under its name, behind the prefix, and each of its keys as a property of that. */
export function externalSecret({ metadata, type = 'Opaque', keys, isKept }: WantedSecret, settings: SecretSettings): ExternalSecret {
  const { store, keyPrefix, refreshInterval } = settings.externalSecrets;
  const { labels, annotations } = metadata;
  const key = `${plainText(keyPrefix) ?? ''}${metadata.name}`;
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: {
      name: metadata.name,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      ...(labels ? { labels } : {}),
    },
    spec: {
      refreshInterval: text(refreshInterval),
      secretStoreRef: { name: text(store.name), kind: text(store.kind) },
      target: {
        name: metadata.name,
        creationPolicy: isKept ? 'Orphan' : 'Owner',
        template: {
          type,
          ...(labels || annotations ? { metadata: { ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) } } : {}),
        },
      },
      // The last three are the operator's defaults: written out, a list in the cluster is equal to the one that is printed.
      data: keys.map((property) => ({
        secretKey: property,
        remoteRef: { key, property, conversionStrategy: 'Default', decodingStrategy: 'None', metadataPolicy: 'None' },
      })),
    },
  };
}
