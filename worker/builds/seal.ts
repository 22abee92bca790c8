// Encryption at rest of what holds passwords: AES-256-GCM under a key file made at the first start.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
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
}

/** Reads the key file, or makes it (mode 0600). Any content of 32 bytes or more serves as a key. */
export function openSeal(path: string): Seal {
  let content: Buffer;
  try {
    content = readFileSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    content = Buffer.from(`${randomBytes(32).toString('base64')}\n`);
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, content);
    fsyncSync(file);
    closeSync(file);
    chmodSync(path, 0o600);
  }
  if (content.length < 32) throw new Error(`SECRET_KEY_FILE: ${path} holds ${content.length} bytes; write at least 32 random ones into it`);
  return new Seal(createHash('sha256').update(content).digest());
}
