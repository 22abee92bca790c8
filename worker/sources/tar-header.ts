// One header block of tar as v7, POSIX, star and GNU write it, and the records that extend it.
import { BuildFailure } from '../errors';
import { decodeName } from './names';

export const TAR_BLOCK = 512;

export interface TarHeader {
  /** As written, in the block or in the records before it. */
  readonly name: string;
  /** One character, as POSIX and GNU name the types. */
  readonly flag: string;
  readonly mode: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** Bytes that follow in the archive. */
  readonly stored: number;
  readonly target: string;
  readonly block: Buffer;
}

/** Records of an extended header in their order: GNU's oldest sparse format repeats names. */
export type PaxRecords = readonly (readonly [name: string, value: Buffer])[];

/** What comes before a header in entries of their own and is meant for it. */
export interface Extension {
  readonly records: PaxRecords;
  readonly longName?: string;
  readonly longTarget?: string;
}

export function damaged(problem: string): BuildFailure {
  return new BuildFailure(`the archive is damaged: ${problem}`);
}

/** Old tars sum the bytes as if they had a sign. */
export function checksumHolds(block: Buffer): boolean {
  const text = block
    .toString('latin1', 148, 156)
    .replace(/[ \0]+/g, ' ')
    .trim();
  if (!/^[0-7]+$/.test(text)) return false;
  const stated = Number.parseInt(text, 8);
  let plain = 0;
  let signed = 0;
  for (let at = 0; at < TAR_BLOCK; at += 1) {
    const byte = at >= 148 && at < 156 ? 32 : (block[at] ?? 0);
    plain += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  return stated === plain || stated === signed;
}

/** Octal digits, or GNU's and star's bytes with the highest bit set. */
export function numberAt(block: Buffer, start: number, length: number): number {
  const field = block.subarray(start, start + length);
  if (((field[0] ?? 0) & 0x80) !== 0) {
    const bits = BigInt(length * 8);
    const value = BigInt.asIntN(Number(bits) - 1, BigInt(`0x${field.toString('hex')}`));
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw damaged('a number in a header is too large');
    return number;
  }
  const digits = field
    .toString('latin1')
    .replace(/[ \0]+/g, ' ')
    .trim();
  if (!/^[0-7]*$/.test(digits)) throw damaged('a number in a header has other characters than digits');
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

export function textAt(block: Buffer, start: number, length: number): string {
  const end = block.indexOf(0, start);
  return decodeName(block.subarray(start, end < 0 || end > start + length ? start + length : end));
}

function nameIn(block: Buffer): string {
  const name = textAt(block, 0, 100);
  // GNU's own magic, `ustar  `, has other things where POSIX has the beginning of a long name; v7 has no magic.
  if (block.toString('latin1', 257, 263) !== 'ustar\0') return name;
  const star = block.toString('latin1', 508, 512) === 'tar\0';
  const prefix = textAt(block, 345, star ? 131 : 155);
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Of old tars, a file's is NUL. */
export function flagOf(block: Buffer): string {
  const flag = String.fromCharCode(block[156] ?? 0);
  return flag === '\0' ? '0' : flag;
}

/** @throws BuildFailure when the block is not a header. */
export function readHeader(block: Buffer, { records, longName, longTarget }: Extension): TarHeader {
  if (!checksumHolds(block)) throw damaged('a header of the tar has a wrong checksum');
  // The last one counts; an empty one takes back what came before it.
  const record = (name: string): Buffer | undefined => {
    const value = records.findLast(([key]) => key === name)?.[1];
    return value === undefined || value.length === 0 ? undefined : value;
  };
  const path = record('path');
  const target = record('linkpath');
  const size = record('size');
  const mtime = record('mtime');
  const stored = size === undefined ? numberAt(block, 124, 12) : decimal(size);
  if (stored < 0) throw damaged('an entry has a size below zero');
  const seconds = mtime === undefined ? Number.NaN : Number(mtime.toString('latin1'));
  return {
    name: path === undefined ? (longName ?? nameIn(block)) : decodeName(path),
    flag: flagOf(block),
    mode: numberAt(block, 100, 8) & 0o7777,
    modified: Math.floor(Number.isFinite(seconds) ? seconds * 1000 : numberAt(block, 136, 12) * 1000),
    stored,
    target: target === undefined ? (longTarget ?? textAt(block, 157, 100)) : decodeName(target),
    block,
  };
}

export function decimal(text: Buffer): number {
  const digits = text.toString('latin1');
  const number = Number(digits);
  if (!/^\d{1,16}$/.test(digits) || !Number.isSafeInteger(number)) throw damaged('a number in an extended header is none');
  return number;
}

/** A file with holes has two for each of its parts. */
const MOST_RECORDS = 50_000;

/** `length name=value\n`, one after the other; the length counts itself. */
export function readRecords(bytes: Buffer): PaxRecords {
  const records: [string, Buffer][] = [];
  for (let at = 0; at < bytes.length;) {
    // Padding that some writers leave.
    if (bytes[at] === 0) break;
    const space = bytes.indexOf(0x20, at);
    const length = space < 0 || space - at > 10 ? Number.NaN : Number(bytes.toString('latin1', at, space));
    const equals = bytes.indexOf(0x3d, space);
    const end = at + length;
    if (!Number.isInteger(length) || end > bytes.length || equals < 0 || equals >= end || bytes[end - 1] !== 0x0a)
      throw damaged('an extended header has a record of a wrong length');
    if (records.length >= MOST_RECORDS) throw damaged(`an extended header has more than ${MOST_RECORDS} records`);
    records.push([bytes.toString('utf8', space + 1, equals), bytes.subarray(equals + 1, end - 1)]);
    at = end;
  }
  return records;
}
