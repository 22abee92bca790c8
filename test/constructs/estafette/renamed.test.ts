// Overrides of names that leave others asking for the usual ones.
import { renderRelease } from '../../../cli/render';

const warnings = (values: Record<string, unknown>, release = 'estafette-ci'): string[] =>
  renderRelease({ release, chart: 'estafette-ci', values: [values] }).warnings.filter((line) => line.includes('still ask'));

it.each([
  [
    { db: { fullnameOverride: 'foo' } },
    /^db: there is no estafette-ci-db-public or estafette-ci-db-client-secret under its other name, and api, db-migrator still ask for it: /,
  ],
  [
    { queue: { nameOverride: 'q' } },
    /^queue: there is no estafette-ci-queue under its other name, and cron-event-sender still asks for it: /,
  ],
  [{ web: { fullnameOverride: 'w' } }, /^web: there is no estafette-ci-web under its other name, and api still asks for it: /],
])('%j is told', (values, message) => {
  const found = warnings(values);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(message);
});

it.each([[{}], [{ db: { enabled: false } }], [{ db: { fullnameOverride: 'estafette-ci-db' } }]])('%j is fine', (values) => {
  expect(warnings(values)).toEqual([]);
  expect(warnings({}, 'ci')).toEqual([]);
});
