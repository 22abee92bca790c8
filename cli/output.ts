// What is printed, written until all of it is out: a stream of Node cuts a text short on a disk that becomes full, and tells nobody.
import { writeSync } from 'node:fs';
import { writeFault } from '../constructs/release/folders';

/** Something could not be printed. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

const STREAMS = { stdout: 1, stderr: 2 } as const;
/** Readers that have gone. */
const closed = new Set<keyof typeof STREAMS>();

/**
 * Manifests and reports.
 * @throws OutputError when they cannot be written; a reader that closes the pipe early (`| head`) is not an error
 */
export const print = (text: string): void => write('stdout', text);

/** One line on stderr. @throws OutputError as above */
export const warn = (warning: string): void => write('stderr', `WARNING: ${warning}\n`);

/** Lines on stderr that are not a warning. @throws OutputError as above */
export const tell = (text: string): void => write('stderr', text);

/** What ends a command, on stderr: where even that cannot be written, the exit code has to do. */
export function printErrors(lines: readonly string[]): void {
  try {
    write('stderr', lines.map((line) => `Error: ${line}\n`).join(''));
  } catch (error) {
    if (!(error instanceof OutputError)) throw error;
  }
}

function write(stream: keyof typeof STREAMS, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length && !closed.has(stream);) {
    try {
      at += writeSync(STREAMS[stream], bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') closed.add(stream);
      else if (code === 'EAGAIN') pause(5);
      else throw new OutputError(`${stream} cannot be written: ${writeFault(error as NodeJS.ErrnoException)}`, { cause: error });
    }
  }
}

/** Until a slow reader has made room in the pipe, or a cluster has gone on. */
export const pause = (milliseconds: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
