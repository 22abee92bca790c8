// Where finished logs and sources are kept, by name.
import type { Readable } from 'node:stream';

export interface StoredObject {
  readonly size: number;
  readonly body: Readable;
}

export interface Store {
  /** Resolves once the object is there whole: readers see the old one or the new one, never a part. The file must not change afterwards. */
  put(name: string, file: string): Promise<void>;
  /** `undefined` when there is no such object. */
  get(name: string): Promise<StoredObject | undefined>;
  /** Deleting what is not there is fine. */
  delete(name: string): Promise<void>;
  close(): Promise<void>;
}
