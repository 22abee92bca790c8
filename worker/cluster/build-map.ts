// How a build's record stands in its ConfigMap.
import type { BuildRecord } from '../state/record';
import type { Notice, Notices } from '../state/records';
import type { KubeObject } from './api';

/** Tells a write whose answer got lost from one that never came. */
export const WRITE_ANNOTATION = 'build-worker/write';

export interface BuildMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export interface Entry {
  readonly record: BuildRecord;
  readonly payload: string | undefined;
  readonly notices: Notices;
  readonly version: string;
  readonly uid: string;
  readonly write: string | undefined;
}

/** `undefined` for what somebody else has made. */
export function entryOf({ metadata, data }: BuildMap): Entry | undefined {
  const { record, payload, pending, final } = data ?? {};
  if (record === undefined) return undefined;
  const read = (text: string | undefined) => (text === undefined ? undefined : (JSON.parse(text) as Notice));
  return {
    record: JSON.parse(record) as BuildRecord,
    payload,
    notices: { pending: read(pending), final: read(final) },
    version: metadata.resourceVersion ?? '0',
    uid: metadata.uid ?? '',
    write: metadata.annotations?.[WRITE_ANNOTATION],
  };
}
