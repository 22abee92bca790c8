// Which pod breaks which rule of pod security `restricted`, and why; and that nothing else does.
import { exceptionsOf } from '../../../constructs/buildshuttle/pod-security';
import { type BuildshuttleValues, buildshuttleValues } from '../../../constructs/buildshuttle/values';
import { defaultsOf } from '../../../helm/schema';
import { mergeValues } from '../../../helm/merge';
import { broken } from './restricted';
import { LEAST, render } from './synth';

const VARIANTS: Readonly<Record<string, BuildshuttleValues>> = {
  host: LEAST.host,
  'worker, rootless': LEAST.worker,
  'worker, privileged': { ...LEAST.worker, engine: { privileged: true } },
  externalWorker: LEAST.externalWorker,
};

const exceptions = (values: BuildshuttleValues): string[] => {
  const defaults = defaultsOf(buildshuttleValues, { release: 'buildshuttle', namespace: 'builds' });
  const merged = mergeValues([defaults, values as Record<string, unknown>]) as unknown as Parameters<typeof exceptionsOf>[0];
  return exceptionsOf(merged).map(({ of, rule, why }) => `${of}: ${rule}, because ${why}`);
};
const rules = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/, because .*/, '')).toSorted();

it.each(Object.entries(VARIANTS))('%s', (_name, values) => {
  const { spec } = render(values).deployment as unknown as { spec: { template: { spec: Parameters<typeof broken>[0] } } };
  expect(broken(spec.template.spec).toSorted()).toEqual(rules(exceptions(values)));
});

it('what each mode breaks, and why', () => {
  expect(Object.fromEntries(Object.entries(VARIANTS).map(([name, values]) => [name, exceptions(values)]))).toMatchSnapshot();
});

it('a pod that breaks another rule is noticed', () => {
  expect(broken({ containers: [{ name: 'a' }], volumes: [{ name: 'v', hostPath: {} }], hostNetwork: true })).toEqual([
    'pod: host namespaces',
    'volume v: restricted volume types',
    'container a: allowPrivilegeEscalation != false',
    'container a: unrestricted capabilities',
    'container a: runAsNonRoot != true',
    'container a: seccompProfile',
  ]);
});
