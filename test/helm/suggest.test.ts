// Suggestions for mistyped keys.
import fc from 'fast-check';
import { distance, nearest } from '../../helm/suggest';

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
