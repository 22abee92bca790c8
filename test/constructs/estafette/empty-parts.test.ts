// A component with nothing below its key: as in Helm, what the release sets for it is gone, its switch included.
import { renderRelease } from '../../../cli/render';
import { estafetteCi } from '../../../constructs/estafette/chart';

const render = (values: Record<string, unknown>) => renderRelease({ release: 'ci', chart: 'estafette-ci', values: [values] });
const ids = (values: Record<string, unknown>): string[] =>
  render(values).plan.map(({ object }) => `${object.kind}/${object.metadata.name}`);
const DEFAULT = ids({});
const warned = (key: string): string | undefined =>
  render({ [key]: null }).warnings.find((warning) => warning.startsWith(`${key}: is empty`));

it.each(Object.keys(estafetteCi.parts ?? {}))('%s is installed with defaults of its own', (key) => {
  expect(ids({ [key]: null })).toEqual(expect.arrayContaining(DEFAULT));
});

it.each([
  ['hanging-job-cleaner', 'it', 'CronJob/ci-hanging-job-cleaner'],
  ['db-client', 'it', 'Pod/ci-db-client'],
  ['cert-manager', 'it', 'Deployment/ci-cert-manager'],
  ['external-dns', 'it', 'Deployment/ci-external-dns'],
  ['queue', 'natsbox', 'Deployment/ci-queue-box'],
  ['metrics', 'nodeExporter', 'DaemonSet/ci-metrics-node-exporter'],
] as const)('%s is told when it switches something on', (key, what, id) => {
  expect(DEFAULT).not.toContain(id);
  expect(ids({ [key]: null })).toContain(id);
  expect(warned(key)).toMatch(new RegExp(`^${key}: is empty, .* switches .*\\b${what}\\b.* on, as in Helm: `));
});

it.each(['api', 'web', 'db'])('%s is no word worth, where nothing is switched on', (key) => expect(warned(key)).toBeUndefined());

it('loses what the release sets, and keeps what the component sets itself', () => {
  const { plan } = render({ db: null });
  const set = plan.find(({ object }) => object.kind === 'StatefulSet' && object.metadata.name === 'ci-db');
  expect(JSON.stringify(set)).not.toContain('COCKROACH_SKIP_ENABLING_DIAGNOSTIC_REPORTING');
  expect(JSON.stringify(set)).toContain('cockroachdb/cockroach:');
});
