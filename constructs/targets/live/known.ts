// What is kept of a chart, read when it is asked for.
import { brotliDecompressSync } from 'node:zlib';
import { SECRET_MODES, type SecretMode } from '../../common/secret-settings';
import { isKnown, type KnownChart } from './known-charts';
import type { Kept } from './reuse/learned-file';

const TEXTS: Readonly<Record<KnownChart, () => string>> = {
  'estafette-ci': () => (require('./learned/estafette-ci') as typeof import('./learned/estafette-ci')).LEARNED,
  devstats: () => (require('./learned/devstats') as typeof import('./learned/devstats')).LEARNED,
  buildshuttle: () => (require('./learned/buildshuttle') as typeof import('./learned/buildshuttle')).LEARNED,
};

/**
 * @param chart its name; nothing is known of one that is not ours
 * @param mode where the secrets of a release are. What is known of others with the same mode comes first.
 */
export function knownOf(chart: string, mode: SecretMode = 'inline'): readonly Kept[] {
  const text = isKnown(chart) ? TEXTS[chart]() : undefined;
  if (text === undefined) return [];
  const lines = brotliDecompressSync(Buffer.from(text, 'base64')).toString().split('\n');
  const modes = mode === 'inline' ? [mode] : [mode, 'inline' as const];
  return modes.flatMap((one) => JSON.parse(lines[SECRET_MODES.indexOf(one)] ?? '[]') as Kept[]);
}
