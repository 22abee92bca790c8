// The comparison for a pull request: what needs eyes first, details folded.
import { titleOf, type Reference } from '../objects';
import type { ObjectChange, Report } from '../report';
import { fieldLines } from './text';

/** Hosts cut comments: GitHub after 65,536 characters. What does not fit is told. */
const LONGEST = 60_000;

/** @param picture Mermaid's text of the part that changes. @default none is shown */
export function printMarkdown(report: Report, picture?: string): string {
  const { release, chart, namespace, cluster, equal, unchanged, objects, refused, restarts, deletions, access, images } = report;
  const head =
    `### ${cell(release)} (${cell(chart)}) in namespace ` +
    `${cell(namespace)}${cluster === undefined ? '' : `, compared with ${cell(cluster)}`}\n`;
  if (equal && !deletions.length) return `${head}\nNo object changes; ${unchanged} are equal.\n`;
  const count = (change: string): number => objects.filter((object) => object.change === change).length;
  const gone = deletions.filter(({ kept }) => kept === undefined);
  const kept = deletions.filter((deletion) => deletion.kept !== undefined);
  const sections = [
    section(
      'Refused by the server, or harmful',
      refused.map(
        (finding) =>
          `${name(finding)} ${code(finding.path)}: ${cell(finding.reason)}. Way out: ` +
          `${cell(finding.wayOut)}${finding.commands.map((command) => `\n  ${fence(command, '  ')}`).join('')}`,
      ),
    ),
    section('Pods that restart', restarts.map(name)),
    section('Deletions', gone.map(name)),
    section(
      'Kept, though the release no longer has them',
      kept.map((deletion) => `${name(deletion)}: ${cell(deletion.kept ?? '')}`),
    ),
    section(
      'Rights that somebody gets',
      access.map((change) => `${name(change)}: ${change.grants.map(cell).join('; ')}`),
    ),
    section(
      'Images',
      images.map(
        (image) =>
          `${name(image)} ${code(image.container)}: ${image.before === undefined ? 'none' : code(image.before)} → ` +
          `${image.after === undefined ? 'none' : code(image.after)}`,
      ),
    ),
  ];
  const start = [
    head,
    `${count('added')} added, ${count('removed')} removed, ${count('changed')} changed, ${unchanged} equal.\n`,
    ...sections,
  ]
    .filter(Boolean)
    .join('\n');
  const shown =
    picture === undefined ? '' : folded('The part of the release that changes, as a picture', fence(picture.trimEnd(), '', 'mermaid'));
  const list = details(objects, LONGEST - start.length);
  // The list is what has to be there.
  return start + (start.length + shown.length + list.length <= LONGEST ? shown : '') + list;
}

const folded = (title: string, text: string): string => `\n<details><summary>${title}</summary>\n\n${text}\n\n</details>\n`;

const section = (title: string, items: readonly string[]): string =>
  items.length ? `#### ${title}\n\n${items.map((item) => `- ${item}\n`).join('')}` : '';

function details(objects: readonly ObjectChange[], room: number): string {
  let out = '';
  for (const [index, object] of objects.entries()) {
    const text = detail(object);
    if (out.length + text.length > room)
      return `${out}\n${objects.length - index} more objects do not fit here; \`cdk8s-estafette diff\` shows them.\n`;
    out += text;
  }
  return out;
}

function detail(object: ObjectChange): string {
  const title = `${object.change}: ${escapeHtml(titleOf(object))}${object.previousName ? ` (was ${escapeHtml(object.previousName)})` : ''}`;
  const lines = object.fields.flatMap((field) => fieldLines(field, ''));
  return lines.length ? folded(title, fence(lines.join('\n'))) : `\n${title}\n`;
}

/** A fence longer than any run of backticks inside. */
function fence(text: string, pad = '', language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const mark = '`'.repeat(longest + 1);
  return `${mark}${language}\n${text}\n${mark}`.replaceAll('\n', `\n${pad}`);
}

const name = (reference: Reference): string => code(titleOf(reference));
const code = (text: string): string => `\`${text.replaceAll(/[`\r\n]/g, ' ')}\``;
const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
/** Text inside a sentence: nothing in it is markup. */
const cell = (text: string): string =>
  escapeHtml(text)
    .replaceAll(/[\r\n]+/g, ' ')
    .replaceAll(/[\\`*_[\]#|@]/g, (found) => `\\${found}`);
