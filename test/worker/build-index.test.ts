// Builds in the order of acceptance, without looking at all of them: held against a sort of all.
import fc from 'fast-check';
import { BuildIndex } from '../../worker/state/build-index';
import type { BuildRecord } from '../../worker/state/record';

const record = (sequence: number): BuildRecord =>
  ({ key: `a/${sequence}`, appId: 'a', buildUuid: 'u', sequence, state: 'queued' }) as BuildRecord;

describe('the index', () => {
  it('has the newest first, from any place on, whatever was added and removed', () => {
    const change = fc.record({ sequence: fc.integer({ min: 1, max: 40 }), removed: fc.boolean() });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 80 }), fc.integer({ min: 0, max: 41 }), (changes, before) => {
        const index = new BuildIndex();
        const there = new Map<number, BuildRecord>();
        for (const { sequence, removed } of changes) {
          const old = there.get(sequence);
          const next = removed ? undefined : record(sequence);
          if (old !== undefined || next !== undefined) index.note(`a/${sequence}`, next, old);
          if (next === undefined) there.delete(sequence);
          else there.set(sequence, next);
        }
        const expected = [...there.values()].sort((a, b) => b.sequence - a.sequence).filter(({ sequence }) => sequence < before);
        expect([...index.before(before)]).toEqual(expected.map(({ key }) => key));
      }),
    );
  });

  it('finds a page among many without a walk', () => {
    const index = new BuildIndex();
    for (let sequence = 1; sequence <= 200_000; sequence += 1) index.note(`a/${sequence}`, record(sequence), undefined);
    expect(index.before(100_001).next().value).toBe('a/100000');
    expect(index.before(Number.POSITIVE_INFINITY).next().value).toBe('a/200000');
  });
});
