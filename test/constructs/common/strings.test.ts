// Strings where Kubernetes takes strings, and nothing else touched.
import fc from 'fast-check';
import { kubernetesStrings, withTexts } from '../../../constructs/common/strings';

const named = <T extends object>(rest: T) => ({ kind: 'Thing', metadata: { name: 'x' }, ...rest });

describe('kubernetesStrings', () => {
  it('writes labels, annotations, selectors and environment as text, at any depth', () => {
    expect(
      kubernetesStrings({
        kind: 'Thing',
        metadata: { name: 'x', labels: { a: 42, b: true, c: 'x', d: null }, annotations: { big: 1000000 } },
        spec: {
          selector: { matchLabels: { n: 1 } },
          template: {
            spec: {
              nodeSelector: { gpu: false },
              containers: [
                {
                  env: [
                    { name: 'A', value: 7 },
                    { name: 'B', valueFrom: { fieldRef: { fieldPath: 'x' } } },
                  ],
                },
              ],
            },
          },
        },
      }),
    ).toEqual({
      kind: 'Thing',
      metadata: { name: 'x', labels: { a: '42', b: 'true', c: 'x' }, annotations: { big: '1000000' } },
      spec: {
        selector: { matchLabels: { n: '1' } },
        template: {
          spec: {
            nodeSelector: { gpu: 'false' },
            containers: [
              {
                env: [
                  { name: 'A', value: '7' },
                  { name: 'B', valueFrom: { fieldRef: { fieldPath: 'x' } } },
                ],
              },
            ],
          },
        },
      },
    });
  });

  it('drops undefined and keeps null, numbers and booleans elsewhere', () => {
    expect(kubernetesStrings(named({ spec: { replicas: 1, gone: undefined, kept: null, on: true } }))).toEqual(
      named({ spec: { replicas: 1, kept: null, on: true } }),
    );
  });

  it('leaves any other data as it is', () => {
    const key = fc
      .string()
      .filter(
        (name) => !['labels', 'annotations', 'matchLabels', 'nodeSelector', 'selector', 'commonLabels', 'env', '__proto__'].includes(name),
      );
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.oneof(fc.integer(), fc.boolean(), fc.string(), fc.constant(null), fc.array(fc.integer()))),
        (data) => {
          expect(kubernetesStrings(named({ spec: data }))).toEqual(named({ spec: { ...data } }));
        },
      ),
    );
  });

  it('refuses a list or a map as a label or an annotation, by name', () => {
    expect(() => kubernetesStrings({ kind: 'Service', metadata: { name: 'api', annotations: { note: ['x'] } } })).toThrow(
      'annotations "note" of Service/api must be text, not a list',
    );
    expect(() => kubernetesStrings(named({ spec: { template: { metadata: { labels: { team: { a: 1 } } } } } }))).toThrow(
      'labels "team" of Thing/x must be text, not a map',
    );
  });

  it('leaves them in data that are no object yet', () => {
    const metadata = { labels: { team: { a: 1 }, number: 7 }, annotations: { note: ['x', true] } };
    expect(withTexts({ 'Thing/x': { metadata } })).toEqual({
      'Thing/x': { metadata: { ...metadata, labels: { team: { a: 1 }, number: '7' } } },
    });
  });

  it('takes keys of the object prototype for keys like any other', () => {
    const odd = JSON.parse('{"spec": {"__proto__": {"a": 1}, "constructor": 2}}') as object;
    expect(JSON.stringify(kubernetesStrings(named(odd)))).toBe(
      '{"kind":"Thing","metadata":{"name":"x"},"spec":{"__proto__":{"a":1},"constructor":2}}',
    );
  });
});
