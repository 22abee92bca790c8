// `--hide`: what somebody asked to be hidden is in no output, and the rest still is.
import { printDeletions } from '../../../cli/diff/print/deletions';
import { printJson } from '../../../cli/diff/print/json';
import { printMarkdown } from '../../../cli/diff/print/markdown';
import { printText } from '../../../cli/diff/print/text';
import { compareReleases } from '../../../cli/diff/report';
import type { Thing } from '../../../cli/diff/objects';
import { cli } from '../../support/cli';
import { configMap, deployment, template } from './samples';

const outputs = (before: Thing, after: Thing, ...hide: RegExp[]): string[] => {
  const report = compareReleases({ release: 'r', chart: 'estafette-ci', namespace: 'default', before: [before], after: [after], hide });
  expect(report.equal).toBe(false);
  return [printText(report, { upgrade: true }), printJson(report), printMarkdown(report), printDeletions(report)];
};
const env = (name: string, value: string) =>
  deployment({ template: template({ env: [{ name, value }], image: `registry.corp.example/app:${value}` }) });

describe('--hide', () => {
  it('hides matches in texts, images and lines of files, again and again', () => {
    const file = (host: string) => configMap({ 'a.conf': `mode: x\nhosts: ${host}-one ${host}-two\nport: ${host.length}\n` });
    for (const text of outputs(file('internal-a'), file('internal-bc'), /internal-\w+/g)) expect(text).not.toContain('internal-');
    for (const text of outputs(env('HOST', 'corp1'), env('HOST', 'corp2'), /corp\d/g, /registry\.corp/g))
      expect(text).not.toMatch(/corp\d|registry\.corp/);
  });

  it('hides all of what is under a name that matches', () => {
    for (const text of outputs(env('CUSTOMER', 'alice'), env('CUSTOMER', 'bob'), /^CUSTOMER$/g, /alice|bob$/g)) {
      expect(text).not.toMatch(/alice|bob/);
    }
    const [text = ''] = outputs(env('CUSTOMER', 'alice'), env('CUSTOMER', 'bob'), /^CUSTOMER$/g);
    expect(text).toContain('env[CUSTOMER].value: changed (hidden)');
  });

  it('shows what does not match, and takes an empty match for none', () => {
    const [text = ''] = outputs(env('A', 'one'), env('A', 'two'), /x*/g);
    expect(text).toMatch(/env\[A\]\.value: one → two/);
  });

  it.each(['(', ''])('is refused when it is not a regular expression: %j', (pattern) => {
    const { status, stderr } = cli(['diff', 'r', 'estafette-ci', '--hide', pattern, '/dev/null']);
    expect(stderr).toMatch(/^Error: --hide must be a regular expression/);
    expect(status).toBe(2);
  });
});
