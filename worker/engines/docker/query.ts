// The query of a request to the engine. Build args travel in it, and the engine's HTTP server bounds it.
import { BuildFailure } from '../../errors';

export type Query = Readonly<Record<string, string | number | boolean | object | undefined>>;

/** What the HTTP server of Go, which engines are written with, takes of a request before its body: 1 MiB, where nobody has set more. */
const MOST_HEAD_BYTES = 1024 ** 2;
/** Kept for the headers that every request has. */
const HEADERS_BYTES = 4096;

/** Only what has a meaning in a query is encoded: JSON in full encoding takes up to three times its size. */
function encoded(text: string): string {
  return text.replace(/[^!-~]+|[%&+;#]/g, (part) => encodeURIComponent(Buffer.from(part).toString()));
}

export function queryText(query: Query): string {
  return Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encoded(name)}=${encoded(typeof value === 'object' ? JSON.stringify(value) : String(value))}`)
    .join('&');
}

/**
 * @param logins bytes of the header with the registries' logins
 * @throws BuildFailure when the build args make a request that no engine takes: with the sizes.
 */
export function checkBuildArgs(args: Readonly<Record<string, string>>, query: Query, logins: number): void {
  const size = Buffer.byteLength(queryText(query)) + logins + HEADERS_BYTES;
  if (size <= MOST_HEAD_BYTES) return;
  const sizes = Object.entries(args)
    .map(([name, value]) => ({ name, bytes: Buffer.byteLength(encoded(JSON.stringify(value))) }))
    .sort((a, b) => b.bytes - a.bytes);
  const largest = sizes.slice(0, 3).map(({ name, bytes }) => `${name} ${bytes}`);
  throw new BuildFailure(
    `the ${sizes.length} build args take ${sizes.reduce((sum, { bytes }) => sum + bytes, 0)} bytes as the ` +
      `Docker engine is sent them, and with all else ` +
      `it takes ${MOST_HEAD_BYTES} (the largest: ${largest.join(', ')}); pass fewer, or put large ones into the sources or build_secrets`,
  );
}
