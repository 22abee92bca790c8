// What is the same in a template for all values.
import { writeYaml } from '../../../../helm/yaml/write';

/** Data that is the same always. */
export function constant(value: unknown, pad: string, head: string): string[] {
  const isBlock = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  const lines = writeYaml(isBlock && head.endsWith('-') ? [value] : { x: value })
    .trimEnd()
    .split('\n');
  const isKept = typeof value === 'string' && value.endsWith('\n');
  if (isKept) {
    const text = writeYaml({ x: value }).replace(/\n$/, '').split('\n');
    return [`${head}${escaped(text[0]?.slice(2) ?? '')}`, ...text.slice(1).map((line) => escaped(line === '' ? '' : `${pad}${line}`))];
  }
  // What stands in front is a template already.
  const behind = isBlock && head.endsWith('-') ? 1 : 2;
  return lines.map((line, index) => (index ? escaped(line === '' ? '' : `${pad}${line}`) : `${head}${escaped(line.slice(behind))}`));
}

/** What looks like a Go template stays as it is. Braces right before an action would become part of it. */
export const escaped = (text: string, isBeforeAction = false): string =>
  text.replace(isBeforeAction ? /\{{2,}|\{+$/g : /\{{2,}/g, (run) => `{{ "${run}" }}`);
