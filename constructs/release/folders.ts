// Folders that are written to, and what is said when they cannot be.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** A folder cannot be written, or somebody else's work is in it. */
export class FolderError extends Error {
  override readonly name = 'FolderError';
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this is not allowed',
  EPERM: 'this is not allowed',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left',
  EDQUOT: 'the quota of the disk is used up',
  EFBIG: 'the file is too large',
  EIO: 'the disk has a fault',
  ENOENT: 'nothing can be made there',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'it is a file',
  EISDIR: 'it is a folder',
  ENAMETOOLONG: 'the name is too long',
};

/** Why something cannot be written, in a few words. */
export const writeFault = ({ code = '', message }: NodeJS.ErrnoException): string => REASONS[code] ?? message;

/** @throws FolderError with the path and the reason */
export function reaching<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const fault = error as NodeJS.ErrnoException;
    if (fault.syscall === undefined) throw error;
    throw new FolderError(`${path} cannot be written: ${writeFault(fault)}`, { cause: error });
  }
}

/**
 * Makes a folder and those above it, one by one: asked for all at once, Node tries forever where none can be made, as below /proc.
 * @throws FolderError
 */
export function makeFolder(folder: string): void {
  const path = resolve(folder);
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  reaching(folder, () => mkdirSync(path));
}

/** @throws FolderError */
export function writeText(folder: string, file: string, text: string): void {
  const path = join(folder, file);
  makeFolder(dirname(path));
  reaching(path, () => writeFileSync(path, text));
}
