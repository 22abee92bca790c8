// Encryption at rest of what holds passwords: AES-256-GCM under a key file made at the first start.
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from '../errors';

export class Seal {
  constructor(private readonly key: Buffer) {}

  /** The name is bound to the text: what was sealed under one name opens under no other. */
  close(name: string, text: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(name));
    return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
  }

  /** @throws when the key is another one or the text was changed. */
  open(name: string, sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, 12)).setAAD(Buffer.from(name));
    decipher.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8');
  }

  /** Tells equal texts: keyed, so that nobody who reads the disk can try passwords against it. */
  fingerprint(pieces: Iterable<string>): string {
    const hash = createHmac('sha256', this.key);
    for (const piece of pieces) hash.update(piece);
    return hash.digest('hex');
  }
}

function synced(path: string, flags: 'r' | 'wx', content?: Buffer): void {
  const file = openSync(path, flags, 0o600);
  try {
    if (content !== undefined) writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Whole on the disk under its name, or not there: a crash in between leaves no empty file. One that is there stays. */
function makeKey(path: string): void {
  const part = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    synced(part, 'wx', Buffer.from(`${randomBytes(32).toString('base64')}\n`));
    linkSync(part, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(part, { force: true });
  }
  synced(dirname(path), 'r');
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Reads the key file, or makes it (mode 0600). Any content of 32 bytes or more serves as a key. */
export function openSeal(path: string): Seal {
  let content = read(path);
  if (content === undefined) {
    makeKey(path);
    content = readFileSync(path);
  }
  if (content.length < 32) throw new Error(`SECRET_KEY_FILE: ${path} holds ${content.length} bytes; write at least 32 random ones into it`);
  return new Seal(createHash('sha256').update(content).digest());
}
