// Objects in an S3 bucket; large files go up in parts.
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { CompletedPart, S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import type { Store, StoredObject } from './store';

/** One part in memory at a time; S3 takes 10,000 parts, so 80 GB in all. */
const PART_BYTES = 8 * 1024 ** 2;

export interface S3Options {
  readonly bucket: string;
  readonly accessKey?: string | undefined;
  readonly secretKey?: string | undefined;
  /** URL of a server other than AWS; anything else is read as a region. */
  readonly location?: string | undefined;
  /** @default us-east-1 */
  readonly region?: string | undefined;
}

type Sdk = typeof import('@aws-sdk/client-s3');

const failure = z.looseObject({ name: z.string(), $metadata: z.looseObject({ httpStatusCode: z.number().optional() }) });

function isMissing(error: unknown): boolean {
  const { data } = failure.safeParse(error);
  return data !== undefined && (data.name === 'NoSuchKey' || data.name === 'NotFound' || data.$metadata.httpStatusCode === 404);
}

export class S3Store implements Store {
  readonly #sdk: Sdk;
  readonly #client: S3Client;
  readonly #bucket: string;

  /** The SDK is large: loaded by those who use it. */
  static async open(options: S3Options): Promise<S3Store> {
    return new S3Store(await import('@aws-sdk/client-s3'), options);
  }

  private constructor(sdk: Sdk, { bucket, accessKey, secretKey, location, region }: S3Options) {
    const endpoint = location !== undefined && /^https?:\/\//.test(location) ? location : undefined;
    this.#sdk = sdk;
    this.#bucket = bucket;
    this.#client = new sdk.S3Client({
      region: region ?? (endpoint === undefined ? location : undefined) ?? 'us-east-1',
      ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
      ...(accessKey === undefined || secretKey === undefined
        ? {}
        : { credentials: { accessKeyId: accessKey, secretAccessKey: secretKey } }),
      // Other servers know no checksum trailers.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { connectionTimeout: 5000, requestTimeout: 120_000 },
      maxAttempts: 2,
    });
  }

  async put(name: string, file: string): Promise<void> {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      const target = { Bucket: this.#bucket, Key: name };
      const part = async (start: number) => {
        const buffer = Buffer.allocUnsafe(Math.min(PART_BYTES, size - start));
        for (let filled = 0; filled < buffer.length;) {
          const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, start + filled);
          if (bytesRead === 0) throw new Error(`${file} became shorter while it was uploaded`);
          filled += bytesRead;
        }
        return buffer;
      };
      if (size <= PART_BYTES) {
        await this.#client.send(
          new this.#sdk.PutObjectCommand({ ...target, Body: await part(0), ContentType: 'application/octet-stream' }),
        );
        return;
      }
      const { UploadId } = await this.#client.send(
        new this.#sdk.CreateMultipartUploadCommand({ ...target, ContentType: 'application/octet-stream' }),
      );
      try {
        const Parts: CompletedPart[] = [];
        for (let start = 0; start < size; start += PART_BYTES) {
          const PartNumber = Parts.length + 1;
          const { ETag } = await this.#client.send(
            new this.#sdk.UploadPartCommand({ ...target, UploadId, PartNumber, Body: await part(start) }),
          );
          Parts.push({ PartNumber, ETag });
        }
        await this.#client.send(new this.#sdk.CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
      } catch (error) {
        await this.#client.send(new this.#sdk.AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => undefined);
        throw error;
      }
    } finally {
      await handle.close();
    }
  }

  async get(name: string): Promise<StoredObject | undefined> {
    try {
      const { Body, ContentLength } = await this.#client.send(new this.#sdk.GetObjectCommand({ Bucket: this.#bucket, Key: name }));
      return Body instanceof Readable ? { size: ContentLength ?? 0, body: Body } : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async delete(name: string): Promise<void> {
    await this.#client.send(new this.#sdk.DeleteObjectCommand({ Bucket: this.#bucket, Key: name }));
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }
}
