// Compares the two renders of one change, and says whether the change did anything at all.
import { isSentence } from './sentences';
import type { Compare, Difference, Render, Verdict } from './types';

const WIDTH = 140;

/** A value, cut to where it begins to differ from the other one. */
function excerpt(value: unknown, other: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  if (text.length <= WIDTH) return text;
  const against = JSON.stringify(other) ?? '';
  let same = 0;
  while (same < text.length && text[same] === against[same]) same++;
  const from = Math.max(0, Math.min(same - 30, text.length - WIDTH));
  return `${from ? '…' : ''}${text.slice(from, from + WIDTH)}${from + WIDTH < text.length ? '…' : ''}`;
}

/** One difference as a line. */
export const showDifference = ({ id, path, type, expected, actual }: Difference): string =>
  path === '' ? `${type} object ${id}` : `${id} ${path} ${type}: expected ${excerpt(expected, actual)} got ${excerpt(actual, expected)}`;

const oneLine = (text: string): string => text.trim().replaceAll(/\s*\n\s*/g, '; ');

/** Helm prints the parts of cockroach's --store in the order of a Go map, another one at every run. */
export const settled = (text: string): string =>
  text.replaceAll(/--store=([^\s"']+)/g, (_, parts: string) => `--store=${parts.split(',').sort().join(',')}`);

/** A context without a change. */
export interface Base {
  readonly helm: Render;
  readonly ours: Render;
  readonly differences: ReadonlySet<string>;
}

/**
 * @param compare of compare.mjs
 * @param options handed on to it
 * @param base the same context without the change: its own differences are reported once
 */
export function judge(compare: Compare, helm: Render, ours: Render, options: Parameters<Compare>[2], base?: Base): Verdict {
  const reached = !base || !helm.ok || !base.helm.ok || helm.text !== base.helm.text;
  if (!ours.ok && ours.crashed) return { status: 'different', reached, details: [`ours crashed: ${oneLine(ours.text)}`] };
  const broken = ours.said?.find((line) => !isSentence(line));
  if (broken !== undefined) return { status: 'different', reached, details: [`not told in a sentence: ${broken}`] };
  if (!helm.ok && !ours.ok) return { status: 'refused', reached, details: [] };
  if (!helm.ok) return { status: 'different', reached, details: [`only Helm refuses: ${oneLine(helm.text)}`] };
  if (!ours.ok) return { status: 'different', reached, details: [`only ours refuses: ${oneLine(ours.text)}`] };
  if (base && !reached && base.ours.ok && ours.text === base.ours.text) return { status: 'equal', reached, details: [] };
  let open: readonly Difference[];
  try {
    open = compare(helm.text, ours.text, options).open;
  } catch (error) {
    return { status: 'different', reached, details: [`cannot be compared: ${(error as Error).message.split('\n')[0]}`] };
  }
  const details = open.map(showDifference).filter((line) => !base?.differences.has(line));
  return { status: details.length ? 'different' : 'equal', reached, details };
}
