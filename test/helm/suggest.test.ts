// Suggestions for mistyped keys.
import fc from 'fast-check';
import { group, text, type Fields } from '../../helm/schema';
import { distance, nearest, suggestKey } from '../../helm/suggest';

describe('distance', () => {
  it.each([
    ['enabled', 'enable', 1],
    ['recieve', 'receive', 1],
    ['', 'abc', 3],
    ['same', 'same', 0],
    ['kitten', 'sitting', 3],
  ])('%s to %s takes %d edits', (a, b, edits) => {
    expect(distance(a, b)).toBe(edits);
  });

  it('is symmetric, zero only for equal words, and never more than the longer word', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        const edits = distance(a, b);
        expect(edits).toBe(distance(b, a));
        expect(edits === 0).toBe(a === b);
        expect(edits).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe('suggestions', () => {
  const schema = group({
    web: group({ image: text(undefined, 'x') }),
    api: group({ deployment: group({ extraEnv: text(undefined, 'x') }) }),
    dns: group({ env: text(undefined, 'x') }),
  });
  const deployment = { extraEnv: text(undefined, 'x') };
  it.each<readonly [string, Fields, readonly string[], string]>([
    ['web', { image: text(undefined, 'x') }, ['api', 'web'], '; did you mean "web" at the top of the values?'],
    ['env', deployment, ['api', 'deployment', 'env'], '; did you mean "extraEnv"?'],
    ['env', { image: text(undefined, 'x') }, ['web', 'env'], '; did you mean "dns.env"?'],
    ['_common', schema.fields, ['_common'], '; a key for anchors begins with "x-" and stands at the top, such as x-common'],
    ['.defaults', schema.fields, ['.defaults'], '; a key for anchors begins with "x-" and stands at the top, such as x-common'],
    ['x-a', schema.fields, ['api', 'x-a'], '; keys for anchors, which begin with "x-", stand at the top'],
  ])('for %s', (key, siblings, path, expected) => expect(suggestKey(schema, siblings, path, key)).toBe(expected));
});

describe('nearest', () => {
  it('finds typos, other capitals and beginnings, and nothing for a strange word', () => {
    const keys = ['replicaCount', 'resources', 'securityContext', 'tolerations'];
    expect(nearest('replicas', keys)).toBeUndefined();
    expect(nearest('replica', keys)).toBe('replicaCount');
    expect(nearest('Resources', keys)).toBe('resources');
    expect(nearest('toleration', keys)).toBe('tolerations');
    expect(nearest('zzz', keys)).toBeUndefined();
  });
});
