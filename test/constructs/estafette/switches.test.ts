// Components that are switched on and off.
import { renderRelease } from '../../../cli/render';
import { ValuesError } from '../../../helm/check';

const names = (values: Record<string, unknown>): string[] =>
  renderRelease({ release: 'estafette-ci', chart: 'estafette-ci', values: [values] }).plan.map(
    ({ object }) => `${object.kind}/${object.metadata.name}`,
  );

it('a switch that is null is on, as in Helm', () => {
  expect(names({ 'db-client': { enabled: null } })).toContain('Pod/estafette-ci-db-client');
  expect(names({ 'db-client': {} })).not.toContain('Pod/estafette-ci-db-client');
  expect(names({ web: { enabled: false } })).not.toContain('Deployment/estafette-ci-web');
});

it('groups of a component that is off may be null; typos in it are errors all the same', () => {
  expect(names({ 'db-client': { image: null }, web: { enabled: false, iap: null } })).not.toContain('Deployment/estafette-ci-web');
  expect(() => names({ web: { iap: null } })).toThrow(ValuesError);
  expect(() => names({ web: { enabled: false, iapp: {} } })).toThrow('web.iapp: unknown key "iapp"');
});
