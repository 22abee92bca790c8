// `npm run docs`: writes the generated parts of docs/, each between `<!-- generated: NAME -->` and `<!-- end -->`.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ZodType } from 'zod';
import { defaultOf, meaningOf } from '../cli/show/values';
import { CHART_NAMES, chartOf, type ChartName } from '../constructs/charts';
import { isGroup, type DefaultContext, type Leaf, type Schema } from '../helm/schema';
import { environment } from '../worker/config';

const root = resolve(__dirname, '..');
const commandLine = join(root, 'bin', 'cdk8s-estafette');

function help(command: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [commandLine, command, '--help'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cdk8s-estafette ${command} --help ends with ${status}: ${stderr}`);
  return `\`\`\`text\n${stdout.trimEnd()}\n\`\`\``;
}

/** A variable's default as a person would write it; undefined when it has none. */
function variableDefault(variable: ZodType): string | undefined {
  const { data } = variable.safeParse(undefined);
  if (data === undefined) return undefined;
  return typeof data === 'object' ? JSON.stringify(data) : String(data);
}

function environmentTable(): string {
  const rows = Object.entries(environment.shape).map(([name, variable]) => {
    const value = variableDefault(variable);
    return `| \`${name}\` | ${variable.description} | ${value === undefined || value === '[]' || value === '{}' ? '' : `\`${value}\``} |`;
  });
  return ['| variable | meaning | default |', '|---|---|---|', ...rows].join('\n');
}

/** In a cell of a table: what would end the cell, or be read as markup, is escaped. */
const cell = (text: string): string => text.replaceAll(/[|<*_[\]]/g, String.raw`\$&`);

/** A longer default is `show values`' matter. */
const LONGEST_DEFAULT = 60;
function shownDefault(leaf: Leaf<unknown>, context: DefaultContext): string {
  const value = JSON.stringify(defaultOf(leaf, context));
  if (value === undefined) return '';
  return value.length > LONGEST_DEFAULT ? '…' : `\`${value.replaceAll('|', String.raw`\|`)}\``;
}

const rowsOf = (path: string, field: Schema, context: DefaultContext): string[] =>
  isGroup(field)
    ? [
        ...(field.doc ? [`| \`${path}\` | ${cell(field.doc)} | |`] : []),
        ...Object.entries(field.fields).flatMap(([key, inner]) => rowsOf(`${path}.${key}`, inner, context)),
      ]
    : [`| \`${path}\` | ${cell(meaningOf(field))} | ${shownDefault(field, context)} |`];

/** Every value of a chart: values at its top in one table, and one for each group below it. */
function valuesTables(chart: ChartName): string {
  const { values, takesOver } = chartOf(chart);
  const name = takesOver?.name ?? chart;
  const context = { release: name, namespace: name };
  const fields = Object.entries(values.fields);
  const table = (rows: readonly string[]): string => ['| value | meaning | default |', '|---|---|---|', ...rows].join('\n');
  const single = fields.filter(([, field]) => !isGroup(field)).flatMap(([key, field]) => rowsOf(key, field, context));
  const groups = fields.filter(([, field]) => isGroup(field)).map(([key, field]) => `## ${key}\n\n${table(rowsOf(key, field, context))}`);
  return [...(single.length ? [table(single)] : []), ...groups].join('\n\n');
}

const generators: Readonly<Record<string, () => string>> = {
  ...Object.fromEntries(CHART_NAMES.map((chart) => [`values ${chart}`, () => valuesTables(chart)])),
  'help template': () => help('template'),
  'help synth': () => help('synth'),
  'help diff': () => help('diff'),
  'help show': () => help('show'),
  'help takeover': () => help('takeover'),
  'help status': () => help('status'),
  'help plugin': () => help('plugin'),
  'help completion': () => help('completion'),
  environment: environmentTable,
};

const unused = new Set(Object.keys(generators));
for (const name of readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md'))) {
  const path = join(root, 'docs', name);
  const before = readFileSync(path, 'utf8');
  const after = before.replaceAll(
    /(<!-- generated: (.*?) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_all, begin: string, part: string, end: string) => {
      const generate = generators[part];
      if (!generate) throw new Error(`docs/${name}: there is no generator "${part}"; there are: ${Object.keys(generators).join(', ')}`);
      unused.delete(part);
      return `${begin}\n${generate()}\n\n${end}`;
    },
  );
  if (after !== before) writeFileSync(path, after);
}
if (unused.size) throw new Error(`no page in docs/ has a place for: ${[...unused].join(', ')}`);
