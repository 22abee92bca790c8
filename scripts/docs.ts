// `npm run docs`: writes the generated parts of docs/, each between `<!-- generated: NAME -->` and `<!-- end -->`.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ZodType } from 'zod';
import { environment } from '../worker/config';

const root = resolve(__dirname, '..');
const commandLine = join(root, 'bin', 'cdk8s-estafette');

function help(command: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [commandLine, command, '--help'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cdk8s-estafette ${command} --help ends with ${status}: ${stderr}`);
  return `\`\`\`text\n${stdout.trimEnd()}\n\`\`\``;
}

/** A variable's default as a person would write it; undefined when it has none. */
function defaultOf(variable: ZodType): string | undefined {
  const { data } = variable.safeParse(undefined);
  if (data === undefined) return undefined;
  return typeof data === 'object' ? JSON.stringify(data) : String(data);
}

function environmentTable(): string {
  const rows = Object.entries(environment.shape).map(([name, variable]) => {
    const value = defaultOf(variable);
    return `| \`${name}\` | ${variable.description} | ${value === undefined || value === '[]' || value === '{}' ? '' : `\`${value}\``} |`;
  });
  return ['| variable | meaning | default |', '|---|---|---|', ...rows].join('\n');
}

const generators: Readonly<Record<string, () => string>> = {
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
