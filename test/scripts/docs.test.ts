// The generated parts of docs/ are as `npm run docs` writes them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cli, ROOT } from '../support/cli';

it.each(['template', 'synth', 'diff', 'show', 'takeover', 'status', 'completion'])(
  'docs/commands.md has the help of %s; npm run docs writes it',
  (command) => {
    const page = readFileSync(join(ROOT, 'docs', 'commands.md'), 'utf8');
    const { status, stdout } = cli([command, '--help']);
    expect(status).toBe(0);
    expect(page).toContain(`<!-- generated: help ${command} -->\n\n\`\`\`text\n${stdout.trimEnd()}\n\`\`\`\n\n<!-- end -->`);
  },
);
