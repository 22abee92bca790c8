// What is kept of a chart, read when it is asked for.
import { brotliDecompressSync } from 'node:zlib';
import { isKnown, type KnownChart } from './known-charts';
import type { Kept } from './reuse/learned-file';

const TEXTS: Readonly<Record<KnownChart, () => string>> = {
  'estafette-ci': () => (require('./learned/estafette-ci') as typeof import('./learned/estafette-ci')).LEARNED,
  devstats: () => (require('./learned/devstats') as typeof import('./learned/devstats')).LEARNED,
  buildshuttle: () => (require('./learned/buildshuttle') as typeof import('./learned/buildshuttle')).LEARNED,
};

/** @param chart its name; nothing is known of one that is not ours */
export function knownOf(chart: string): readonly Kept[] {
  const text = isKnown(chart) ? TEXTS[chart]() : undefined;
  return text === undefined ? [] : (JSON.parse(brotliDecompressSync(Buffer.from(text, 'base64')).toString()) as Kept[]);
}
