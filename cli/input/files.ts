// Files that the user names.
import { readFileSync } from 'node:fs';
import { fromBytes } from '../../helm/template/bytes';
import { YamlError } from '../../helm/yaml/error';
import { InputError } from '../usage';
import { TextError, textOf } from './text';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a folder, not a file',
  EACCES: 'may not be read',
  ENOTDIR: 'no such file',
};

/** Content of a file; `-` is stdin. @throws Error whose message is the reason alone */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path === '-' ? 0 : path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(REASONS[code ?? ''] ?? message, { cause: error });
  }
}

/**
 * What is in a file that a value is read from: text, or bytes that stay what they are (see helm/template/bytes).
 * @throws Error whose message is the reason alone
 */
export const readValueFile = (path: string): string => fromBytes(readBytes(path));

/** Text of a file; `-` is stdin. @throws InputError that begins with `what` and the path, for what is not UTF-8 with the place */
export function readFile(path: string, what: string): string {
  try {
    return textOf(readBytes(path));
  } catch (error) {
    const name = path === '-' ? '<stdin>' : path;
    const { position, reason } = error instanceof TextError ? error : { position: undefined, reason: (error as Error).message };
    throw new InputError([position ? `${name}:${position.line}:${position.column}: ${reason}` : `${what}: ${name}: ${reason}`], {
      cause: error,
    });
  }
}

/** Runs a reader of YAML; what it finds wrong becomes an InputError. With the text, a Go template that lacks its quotes is told as such. */
export function readingYaml<T>(read: () => T, text = ''): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const line = text.split('\n')[error.line - 1] ?? '';
    const isTemplate = line.includes('{{');
    throw new InputError([`${error.message}${isTemplate ? '; a Go template is text here: put quotes around the whole value' : ''}`], {
      cause: error,
    });
  }
}
