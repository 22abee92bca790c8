// Strings where Kubernetes takes strings, and nothing else touched.
import fc from 'fast-check';
import { kubernetesStrings } from '../../../constructs/common/strings';

describe('kubernetesStrings', () => {
  it('writes labels, annotations, selectors and environment as text, at any depth', () => {
    expect(kubernetesStrings({
      metadata: { labels: { a: 42, b: true, c: 'x', d: null }, annotations: { big: 1000000 } },
      spec: { selector: { matchLabels: { n: 1 } }, template: { spec: { nodeSelector: { gpu: false }, containers: [{ env: [{ name: 'A', value: 7 }, { name: 'B', valueFrom: { fieldRef: { fieldPath: 'x' } } }] }] } } },
    })).toEqual({
      metadata: { labels: { a: '42', b: 'true', c: 'x' }, annotations: { big: '1000000' } },
      spec: { selector: { matchLabels: { n: '1' } }, template: { spec: { nodeSelector: { gpu: 'false' }, containers: [{ env: [{ name: 'A', value: '7' }, { name: 'B', valueFrom: { fieldRef: { fieldPath: 'x' } } }] }] } } },
    });
  });

  it('drops undefined and keeps null, numbers and booleans elsewhere', () => {
    expect(kubernetesStrings({ spec: { replicas: 1, gone: undefined, kept: null, on: true } })).toEqual({ spec: { replicas: 1, kept: null, on: true } });
  });

  it('leaves any other data as it is', () => {
    const key = fc.string().filter((name) => !['labels', 'annotations', 'matchLabels', 'nodeSelector', 'selector', 'commonLabels', 'env', '__proto__'].includes(name));
    fc.assert(fc.property(fc.dictionary(key, fc.oneof(fc.integer(), fc.boolean(), fc.string(), fc.constant(null), fc.array(fc.integer()))), (data) => {
      expect(kubernetesStrings({ spec: data })).toEqual({ spec: { ...data } });
    }));
  });
});
