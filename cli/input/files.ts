// Files that the user names.
import { readFileSync } from 'node:fs';
import { YamlError } from '../../helm/yaml/read';
import { shownReason } from '../secrets/yaml';
import { InputError } from '../usage';

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

/** Text of a file; `-` is stdin. @throws Error whose message is the reason alone */
export const readInput = (path: string): string => readBytes(path).toString('utf8');

/** Text of a file. @throws InputError that begins with `what` and the path */
export function readFile(path: string, what: string): string {
  try {
    return readInput(path);
  } catch (error) {
    throw new InputError([`${what}: ${path}: ${(error as Error).message}`], { cause: error });
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
    throw new InputError(
      [
        `${error.source}:${error.line}:${error.column}: ${shownReason(error.reason)}${isTemplate ? '; a Go template is text here: put quotes around the whole value' : ''}`,
      ],
      { cause: error },
    );
  }
}
