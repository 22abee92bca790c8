// The little of gRPC that a BuildKit session needs: messages with a byte for compression and four for their length before them.

export const GRPC = { ':status': 200, 'content-type': 'application/grpc' } as const;
const HEAD_BYTES = 5;
const MOST_BYTES = 64 * 1024;

export function frameOf(message: Buffer): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Messages of at most 64 KiB, however they are cut into pieces. */
export async function* messagesIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let left: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    left = Buffer.concat([left, chunk]);
    while (left.length >= HEAD_BYTES) {
      const length = left.readUInt32BE(1);
      if (length > MOST_BYTES) throw new RangeError(`a message of ${length} bytes`);
      if (left.length < HEAD_BYTES + length) break;
      yield left.subarray(HEAD_BYTES, HEAD_BYTES + length);
      left = left.subarray(HEAD_BYTES + length);
    }
  }
}
