// Which values of a release its Helm chart is to follow.
import { renderRelease, type RenderOptions } from '../../../cli/render';
import { isTable } from '../../../helm/yaml/values';
import { readYaml } from '../../../helm/yaml/read';
import { chartFilesOf } from '../../support/chart-files';

it.each<[string, Partial<RenderOptions>]>([
  ['one part is asked for', { live: ['web'] }],
  ['one part is fixed', { fix: ['db'] }],
  ['parts are far from their default values', { values: [{ db: { conf: { store: { type: 'mem' } } }, metrics: { enabled: false } }] }],
  ['parts are off', { values: [Object.fromEntries(['db', 'queue', 'metrics', 'web', 'api'].map((part) => [part, { enabled: false }]))] }],
])('templates ask for no value that is not in values.yaml, where %s', (_, props) => {
  const files = chartFilesOf({ release: 'estafette-ci', chart: 'estafette-ci', namespace: 'estafette-ci', ...props });
  const values = readYaml(files['values.yaml'] ?? '', 'values.yaml');
  const asked = Object.entries(files).flatMap(([file, text]) =>
    file.startsWith('templates/') ? [...text.matchAll(/\.Values((?:\.\w+)+)/g)].map(([, path = '']) => path.slice(1).split('.')) : [],
  );
  // The map in which a value is looked up must be there; the value itself may be missing.
  const lost = asked.filter(
    (path) => !isTable(path.slice(0, -1).reduce<unknown>((at, key) => (isTable(at) ? at[key] : undefined), values)),
  );
  expect([...new Set(lost.map((path) => path.join('.')))]).toEqual([]);
});

it.each(['estafette-ci', 'buildshuttle'] as const)('a chart of %s follows as many values under another name of the release', (chart) => {
  const live = (release: string): string[] =>
    renderRelease({ release, namespace: release, chart, target: 'helm' }).standings.flatMap(({ path, standing }) =>
      standing === 'live' ? [path] : [],
    );
  const usual = live(chart);
  expect(usual.length).toBeGreaterThan(40);
  expect(live('mine')).toEqual(usual);
});

describe('a chart of buildshuttle', () => {
  it('tells of paths that are none, and of targets without values', () => {
    expect(() => renderRelease({ release: 'x', chart: 'buildshuttle', target: 'helm', live: ['image.tga'] })).toThrow(
      /there is no value image\.tga that could be live or fixed/,
    );
    expect(() => renderRelease({ release: 'x', chart: 'buildshuttle', live: ['.'] })).toThrow(
      /live and fix are for the target helm, not kubectl/,
    );
  });

  it('follows its values though nobody asks for it, but for those that are to be fixed', () => {
    const standings = (props: object) => {
      const all = renderRelease({
        release: 'buildshuttle',
        namespace: 'buildshuttle',
        chart: 'buildshuttle',
        target: 'helm',
        ...props,
      }).standings;
      return new Map(all.map(({ path, standing }) => [path, standing]));
    };
    expect([...standings({ fix: ['image'] })].filter(([path]) => /^(image\.tag|nodeSelector)$/.test(path))).toEqual([
      ['image.tag', 'fixed'],
      ['nodeSelector', 'live'],
    ]);
    // What has a value that is computed with follows the others.
    const far = standings({ values: [{ builds: { args: { HTTP_PROXY: 'proxy' } } }] });
    expect([far.get('builds.args'), far.get('nodeSelector')]).toEqual(['fixed', 'live']);
    expect(standings({ fix: ['.'] }).size).toBe(0);
  });
});
