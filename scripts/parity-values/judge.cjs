// Compares the two renders of one change, and says whether the change did anything at all.
'use strict';

const WIDTH = 140;

/** A value, cut to where it begins to differ from the other one. */
function excerpt(value, other) {
  const text = JSON.stringify(value) ?? 'nothing';
  if (text.length <= WIDTH) return text;
  const against = JSON.stringify(other) ?? '';
  let same = 0;
  while (same < text.length && text[same] === against[same]) same++;
  const from = Math.max(0, Math.min(same - 30, text.length - WIDTH));
  return `${from ? '…' : ''}${text.slice(from, from + WIDTH)}${from + WIDTH < text.length ? '…' : ''}`;
}

/** One difference as a line. */
const showDifference = ({ id, path, type, expected, actual }) =>
  path === '' ? `${type} object ${id}` : `${id} ${path} ${type}: expected ${excerpt(expected, actual)} got ${excerpt(actual, expected)}`;

const oneLine = (text) => text.trim().replaceAll(/\s*\n\s*/g, '; ');

/** Helm prints the parts of cockroach's --store in the order of a Go map, another one at every run. */
const settled = (text) => text.replaceAll(/--store=([^\s"']+)/g, (_, parts) => `--store=${parts.split(',').sort().join(',')}`);

/**
 * @param {Function} compare of compare.mjs
 * @param {{ ok: boolean, text: string, crashed?: boolean }} helm
 * @param {{ ok: boolean, text: string, crashed?: boolean }} ours
 * @param {{ namespace: string, chart: string }} options
 * @param {{ helm: object, ours: object, differences: Set<string> }} [base] the same context without the change; its own differences are told once
 * @returns {{ status: 'equal'|'refused'|'different', reached: boolean, details: string[] }}
 */
function judge(compare, helm, ours, options, base) {
  const reached = !base || !helm.ok || !base.helm.ok || helm.text !== base.helm.text;
  if (!ours.ok && ours.crashed) return { status: 'different', reached, details: [`ours crashed: ${oneLine(ours.text)}`] };
  if (!helm.ok && !ours.ok) return { status: 'refused', reached, details: [] };
  if (!helm.ok) return { status: 'different', reached, details: [`only Helm refuses: ${oneLine(helm.text)}`] };
  if (!ours.ok) return { status: 'different', reached, details: [`only ours refuses: ${oneLine(ours.text)}`] };
  if (base && !reached && base.ours.ok && ours.text === base.ours.text) return { status: 'equal', reached, details: [] };
  let open;
  try {
    open = compare(helm.text, ours.text, options).open;
  } catch (error) {
    return { status: 'different', reached, details: [`cannot be compared: ${error.message.split('\n')[0]}`] };
  }
  const details = open.map(showDifference).filter((line) => !base?.differences.has(line));
  return { status: details.length ? 'different' : 'equal', reached, details };
}

module.exports = { judge, settled, showDifference };
