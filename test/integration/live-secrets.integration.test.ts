// Charts whose values live, in releases whose secrets are elsewhere: no template, value or note has one.
import { MODES, shownIn } from '../support/canaries';

describe.each(['estafette-ci', 'devstats'] as const)('a live chart of %s', (chart) => {
  it.each(MODES)(
    'shows no secret, nor anything that is made of one, with secrets.mode %s',
    (mode) => {
      expect(shownIn(chart, mode, { target: 'helm', live: ['.'] })).toEqual({ paths: [], isSame: true });
    },
    300_000,
  );
});
