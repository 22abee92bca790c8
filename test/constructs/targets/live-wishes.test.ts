// Which values of a release its Helm chart is to follow.
import { renderRelease } from '../../../cli/render';

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
    // A part that is far from its default values is not learned unasked.
    const far = standings({ values: [{ builds: { timeoutSeconds: 99 } }] });
    expect([...far.values()].filter((standing) => standing === 'live')).toEqual([]);
    expect(standings({ fix: ['.'] }).size).toBe(0);
  });
});
