// What stays when a release goes, and what only hooks run: components say it, targets decide what is printed.
import { Chart, Testing } from 'cdk8s';
import { renderRelease } from '../../../cli/render';
import { Api } from '../../../constructs/components';
import { isKept } from '../../../constructs/common/stages';
import { marked } from '../../../constructs/targets/plan';

const object = (kind: string, annotations?: object) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'x', ...(annotations ? { annotations } : {}) },
});
const KEEP = { 'helm.sh/resource-policy': 'keep' };
const keys = { secretDecryptionKey: 'a'.repeat(32), jwtKey: 'b'.repeat(32) };

describe('keepers', () => {
  it('are claims and definitions, and what a component names', () => {
    expect(['PersistentVolumeClaim', 'CustomResourceDefinition', 'Secret'].map((kind) => isKept(object(kind), {}))).toEqual([
      true,
      true,
      false,
    ]);
    expect(isKept(object('Secret'), { keep: true })).toBe(true);
    expect(isKept(object('PersistentVolumeClaim'), { keep: false })).toBe(false);
  });

  it('are marked by the target, and a patch can take the mark away', () => {
    const kept = (patches: object[] = []) =>
      renderRelease({
        release: 'ci',
        chart: 'estafette-ci',
        createNamespace: true,
        patches: patches as never,
        values: [{ api: { secret: keys }, metrics: { server: { persistentVolume: { enabled: true } } } }],
      })
        .plan.filter(
          ({ object: { metadata } }) =>
            (metadata.annotations as Record<string, string> | undefined)?.['helm.sh/resource-policy'] === 'keep',
        )
        .map(({ object: { kind, metadata } }) => `${kind} ${metadata.name}`);
    expect(kept()).toEqual([
      'Namespace default',
      'Namespace default-jobs',
      'Secret ci-api',
      'Secret ci-api.tls',
      'PersistentVolumeClaim ci-metrics-server',
    ]);
    const patch = { target: { kind: 'Secret', name: 'ci-api' }, patch: { metadata: { annotations: { 'helm.sh/resource-policy': null } } } };
    expect(kept([patch])).not.toContain('Secret ci-api');
  });

  it('have no mark in a chart of their own, and their component prints nothing for hooks', () => {
    const chart = new Chart(Testing.app(), 'chart');
    new Api(chart, 'api', { release: { name: 'ci', namespace: 'ci' }, values: { secret: keys } });
    const objects = chart.toJson() as { kind: string; metadata: { annotations?: object } }[];
    expect(objects.filter(({ kind }) => kind === 'Secret')).toHaveLength(2);
    expect(JSON.stringify(objects)).not.toContain('helm.sh/resource-policy');
    expect(objects.map(({ kind }) => kind)).not.toContain('Pod');
  });
});

it('a mark leaves the annotations that an object has', () => {
  expect(marked(object('Secret', { a: 'b' }), KEEP).metadata).toEqual({ name: 'x', annotations: { a: 'b', ...KEEP } });
  expect(marked(object('Secret', { 'helm.sh/resource-policy': 'own' }), KEEP).metadata).toEqual({
    name: 'x',
    annotations: { 'helm.sh/resource-policy': 'own' },
  });
  const untouched = object('Secret');
  expect(marked(untouched, {})).toBe(untouched);
});
