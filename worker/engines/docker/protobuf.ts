// The little of protocol buffers that BuildKit's session and progress need: length-delimited fields and varints.

/** Values of a message by field number: bytes, or numbers for varints. Other kinds are skipped. */
export type Fields = Map<number, (Buffer | number)[]>;

export function readFields(message: Buffer): Fields {
  const fields: Fields = new Map();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at];
      if (byte === undefined) throw new RangeError('message ends inside a number');
      at += 1;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const field = Math.floor(key / 8);
    let value: Buffer | number | undefined;
    if (key % 8 === 0) value = varint();
    else if (key % 8 === 2) {
      const length = varint();
      if (at + length > message.length) throw new RangeError('message ends inside a field');
      value = message.subarray(at, at + length);
      at += length;
    } else if (key % 8 === 1) at += 8;
    else if (key % 8 === 5) at += 4;
    else throw new RangeError(`wire type ${key % 8} is not read`);
    if (value === undefined) continue;
    const list = fields.get(field);
    if (list === undefined) fields.set(field, [value]);
    else list.push(value);
  }
  return fields;
}

export function bytesOf(fields: Fields, field: number): Buffer {
  const [value] = fields.get(field) ?? [];
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}

export function textOf(fields: Fields, field: number): string {
  return bytesOf(fields, field).toString('utf8');
}

export function numberOf(fields: Fields, field: number): number {
  const [value] = fields.get(field) ?? [];
  return typeof value === 'number' ? value : 0;
}

export function messagesOf(fields: Fields, field: number): Fields[] {
  return (fields.get(field) ?? []).filter((value) => Buffer.isBuffer(value)).map(readFields);
}

/** A message of bytes, texts and whole numbers by field number; empty ones and zeros are left out, as proto3 has it. */
export function writeFields(values: readonly (readonly [number, string | Buffer | number | bigint])[]): Buffer {
  const parts: Buffer[] = [];
  for (const [field, value] of values) {
    if (typeof value === 'number' || typeof value === 'bigint') {
      if (BigInt(value) !== 0n) parts.push(writeVarint(field * 8), writeVarint(value));
      continue;
    }
    const bytes = Buffer.from(value);
    if (bytes.length > 0) parts.push(writeVarint(field * 8 + 2), writeVarint(bytes.length), bytes);
  }
  return Buffer.concat(parts);
}

function writeVarint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest /= 128n) bytes.push(Number(rest % 128n) + 128);
  return Buffer.from([...bytes, Number(rest)]);
}
