// The generated parts of docs/ are as `npm run docs` writes them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHART_NAMES, chartOf } from '../../constructs/charts';
import { isGroup, type Fields } from '../../helm/schema';
import { cli, ROOT } from '../support/cli';

const pathsOf = (fields: Fields, above = ''): string[] =>
  Object.entries(fields).flatMap(([key, field]) => (isGroup(field) ? pathsOf(field.fields, `${above}${key}.`) : [`${above}${key}`]));

it.each(CHART_NAMES)('docs/values-%s.md has a row for each value; npm run docs writes it', (chart) => {
  const rows = readFileSync(join(ROOT, 'docs', `values-${chart}.md`), 'utf8').split('\n');
  const named = rows.filter((row) => /^\| `.*` \| .+\. \| (`.+`|…|) \|$/.test(row)).map((row) => row.split('`')[1]);
  expect(named.toSorted()).toEqual(pathsOf(chartOf(chart).values.fields).toSorted());
});

it.each(['template', 'synth', 'diff', 'show', 'takeover', 'status', 'completion'])(
  'docs/commands.md has the help of %s; npm run docs writes it',
  (command) => {
    const page = readFileSync(join(ROOT, 'docs', 'commands.md'), 'utf8');
    const { status, stdout } = cli([command, '--help']);
    expect(status).toBe(0);
    expect(page).toContain(`<!-- generated: help ${command} -->\n\n\`\`\`text\n${stdout.trimEnd()}\n\`\`\`\n\n<!-- end -->`);
  },
);
