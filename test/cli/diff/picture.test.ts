// The part of a release's graph that changes, in what `diff` prints for pull requests.
import type { Thing } from '../../../cli/diff/objects';
import { printMarkdown } from '../../../cli/diff/print/markdown';
import { compareReleases } from '../../../cli/diff/report';
import { cli, cliProcess } from '../../support/cli';

const RELEASE = ['estafette-ci', 'estafette-ci', '-n', 'estafette-ci'];
const markdown = (before: readonly string[], ...now: string[]): string =>
  cliProcess(['diff', ...RELEASE, ...now, '--output', 'markdown'], { input: cli(['template', ...RELEASE, ...before]).stdout }).stdout;
const pictureIn = (text: string): string =>
  /<details><summary>The part of the release that changes, as a picture<\/summary>\n\n```mermaid\n([\s\S]*?)```\n\n<\/details>/.exec(
    text,
  )?.[1] ?? '';
/** Names of the nodes of a class. */
function marked(picture: string, mark: string): string[] {
  const [, ids = ''] = new RegExp(`^  class (\\S+) ${mark}$`, 'm').exec(picture) ?? [];
  return ids
    .split(',')
    .filter(Boolean)
    .map((id) => new RegExp(`^ *${id}\\W+(.*?)"`, 'm').exec(picture)?.[1] ?? '');
}

it('has what changes, and what is linked to it', () => {
  const picture = pictureIn(markdown([], '--set', 'web.image.tag=1.6.0'));
  expect(picture).toMatch(/^flowchart LR\n/);
  expect(marked(picture, 'changed')).toEqual(['Deployment<br>estafette-ci-web']);
  expect(marked(picture, 'added')).toEqual([]);
  // Its Service serves it; the database is far away.
  expect(picture).toContain('"Service<br>estafette-ci-web"');
  expect(picture).not.toContain('StatefulSet<br>estafette-ci-db');
});

it('has what is new, and what goes', () => {
  const client = ['--set', 'db-client.enabled=true'];
  expect(marked(pictureIn(markdown([], ...client)), 'added')).toEqual(['Pod<br>estafette-ci-db-client']);
  expect(marked(pictureIn(markdown(client)), 'removed')).toEqual(['Pod<br>estafette-ci-db-client']);
});

it('is left out where nothing changes, and where the list would not fit beside it', () => {
  expect(markdown([])).not.toContain('mermaid');
  const object = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a', namespace: 'b' } } as Thing;
  const report = compareReleases({ release: 'ci', chart: 'estafette-ci', namespace: 'b', before: [], after: [object] });
  expect(printMarkdown(report, 'flowchart LR\n')).toContain('```mermaid\nflowchart LR\n```');
  const long = printMarkdown(report, 'x'.repeat(60_000));
  expect(long).not.toContain('mermaid');
  expect(long).toContain('added: Service b/a');
});
