// The kubectl target: an order in which everything can be applied, and Jobs that carry their content in their name.
import { hashedJob } from '../../../kubernetes/jobs';
import { kubectl } from '../../../constructs/targets/kubectl';
import type { Planned } from '../../../constructs/common/entry';
import type { Stage } from '../../../constructs/common/stages';

const planned = (kind: string, name: string, stage: Stage, more: object = {}): Planned => ({
  object: { apiVersion: 'v1', kind, metadata: { name }, ...more },
  stage,
  lifecycle: {},
});
const order = (objects: Planned[], crds: 'include' | 'only' | 'skip' = 'include'): string[] =>
  kubectl.plan(objects, { crds }).map(({ object }) => `${object.kind}/${object.metadata.name}`);

describe('kubectl target', () => {
  it("prints stages in order, Helm's install order inside, names last, webhook configurations after everything", () => {
    expect(
      order([
        planned('ValidatingWebhookConfiguration', 'w', 'admission'),
        planned('Deployment', 'b', 'apps'),
        planned('Deployment', 'a', 'apps'),
        planned('Service', 'z', 'apps'),
        planned('Certificate', 'c', 'keys'),
        planned('StatefulSet', 'db', 'data'),
        planned('Secret', 's', 'foundations'),
        planned('Namespace', 'n', 'foundations'),
        planned('CustomResourceDefinition', 'x', 'crds'),
      ]),
    ).toEqual([
      'CustomResourceDefinition/x',
      'Namespace/n',
      'Secret/s',
      'Certificate/c',
      'StatefulSet/db',
      'Service/z',
      'Deployment/a',
      'Deployment/b',
      'ValidatingWebhookConfiguration/w',
    ]);
  });

  it('keeps CRDs apart on demand', () => {
    const objects = [planned('CustomResourceDefinition', 'x', 'crds'), planned('Secret', 's', 'foundations')];
    expect(order(objects, 'only')).toEqual(['CustomResourceDefinition/x']);
    expect(order(objects, 'skip')).toEqual(['Secret/s']);
  });
});

describe('hashedJob', () => {
  const job = (spec: object, name = 'init', labels: object = {}) =>
    hashedJob({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name, labels }, spec } as never).metadata.name;

  it('changes the name with the spec, and with nothing else', () => {
    expect(job({ a: 1, b: 2 })).toMatch(/^init-[0-9a-f]{8}$/);
    expect(job({ b: 2, a: 1 })).toBe(job({ a: 1, b: 2 }));
    expect(job({ a: 2 })).not.toBe(job({ a: 1 }));
    expect(job({ a: 1 }, 'init', { x: 'y' })).toBe(job({ a: 1 }));
  });

  it('changes the name with the data of Secrets and ConfigMaps that the Job reads', () => {
    const spec = {
      template: {
        spec: { volumes: [{ secret: { secretName: 'settings' } }], containers: [{ envFrom: [{ configMapRef: { name: 'more' } }] }] },
      },
    };
    const name = (data: object, kind = 'Secret', other = 'settings') =>
      kubectl
        .plan([planned('Job', 'init', 'data', { apiVersion: 'batch/v1', spec }), planned(kind, other, 'foundations', { data })], {
          crds: 'include',
        })
        .map(({ object }) => object)
        .find(({ kind: is }) => is === 'Job')?.metadata.name;
    expect(name({ a: '1' })).toBe(name({ a: '1' }));
    expect(name({ a: '1' })).not.toBe(name({ a: '2' }));
    expect(name({ a: '1' }, 'ConfigMap', 'more')).not.toBe(name({ a: '2' }, 'ConfigMap', 'more'));
    expect(name({ a: '1' }, 'Secret', 'unrelated')).toBe(name({ a: '2' }, 'Secret', 'unrelated'));
  });

  it('goes by the identity that its component gives, whatever else changes', () => {
    const name = (spec: object, identity: unknown, data: object) =>
      kubectl
        .plan(
          [
            {
              ...planned('Job', 'init', 'data', { apiVersion: 'batch/v1', spec: { ...spec, env: { secretRef: { name: 's' } } } }),
              lifecycle: { identity },
            },
            planned('Secret', 's', 'foundations', { data }),
          ],
          { crds: 'include' },
        )
        .at(-1)?.object.metadata.name;
    expect(name({ a: 2 }, { project: 'x' }, { token: '2' })).toBe(name({ a: 1 }, { project: 'x' }, { token: '1' }));
    expect(name({ a: 1 }, { project: 'y' }, { token: '1' })).not.toBe(name({ a: 1 }, { project: 'x' }, { token: '1' }));
  });

  it('leaves room for the suffix of pod names', () => {
    expect(job({}, 'x'.repeat(80)).length).toBe(57);
  });

  it('leaves other kinds alone', () => {
    const object = { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'c' } };
    expect(hashedJob(object)).toBe(object);
  });
});
