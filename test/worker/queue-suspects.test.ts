// A build that takes the worker or the engine down with it, and those that run beside it: only the one to blame fails.
import { setImmediate as turn } from 'node:timers/promises';
import { EngineUnavailable } from '../../worker/errors';
import type { Work } from '../../worker/engines/engine';
import { FakeEngine, until } from './support/fakes';
import { gate, never, queueHarness } from './support/queue';

/** Attempts that may have others beside them; both are lost here. */
const BESIDE_OTHERS = 2;
const NUMBERS = [1, 2, 3];

/** Chances for a queue that were wrong to begin another build. A right one passes however few they are. */
async function chances(): Promise<void> {
  for (let turns = 0; turns < 200; turns += 1) await turn();
}

describe('a build beside one that takes everything down', () => {
  const { start, post, state, finals, crash } = queueHarness();
  const ends = () => Object.fromEntries(finals().map(({ body }) => [body['id'], [body['state'], body['reason']]]));

  it('succeeds when it is the worker that ends', async () => {
    // Build 1 ends the worker whenever it runs; 2 and 3 do not end as long as they run beside it.
    for (let life = 1; ; life += 1) {
      expect(life).toBeLessThan(10);
      const engine = new FakeEngine();
      let guilty = false;
      engine.onBuild = async (_work: Work, tag) => {
        guilty ||= tag.endsWith(':1.1');
        if (guilty || life <= BESIDE_OTHERS) await never();
      };
      const worker = await start(engine);
      if (life === 1) for (const number of NUMBERS) await post(worker, number);
      await until(() => guilty || finals().length === 3);
      if (finals().length === 3) break;
      if (life <= BESIDE_OTHERS) await until(() => NUMBERS.every((number) => state(worker, number) === 'building'));
      else {
        await chances();
        expect(NUMBERS.map((number) => state(worker, number))).toEqual(['building', 'queued', 'queued']);
      }
      await crash(worker);
    }
    expect(ends()).toEqual({
      1: ['failed', 'the worker ended 4 times while the build was building'],
      2: ['succeeded', undefined],
      3: ['succeeded', undefined],
    });
  });

  it('succeeds when it is the engine that is lost, and waits for the end of what must be alone', async () => {
    const engine = new FakeEngine();
    let outage = gate();
    const attempts: string[] = [];
    /** Builds that ran at the beginning and at the end of an attempt. */
    const beside: number[][] = [];
    engine.onBuild = async (_work: Work, tag) => {
      attempts.push(tag);
      const alone = attempts.filter((other) => other === tag).length > BESIDE_OTHERS;
      const running = [engine.running];
      const { opened } = outage;
      if (alone) await chances();
      // Build 1 takes the engine down, as long as others may run beside it only when all do.
      if (tag.endsWith(':1.1')) {
        if (!alone) await until(() => engine.running === NUMBERS.length);
        outage.open();
        outage = gate();
      } else if (!alone) await opened;
      if (alone) beside.push([...running, engine.running]);
      if (!alone || tag.endsWith(':1.1')) throw new EngineUnavailable('the engine went away');
    };
    const worker = await start(engine, {}, { attemptPauseMs: 1 });
    for (const number of NUMBERS) await post(worker, number);
    await until(() => finals().length === 3);
    expect(ends()).toMatchObject({ 1: ['failed', 'the engine went away'], 2: ['succeeded', undefined], 3: ['succeeded', undefined] });
    expect(engine.peak).toBe(NUMBERS.length);
    // Two more of build 1, which is given up then, and one each of the others.
    expect(beside).toEqual([1, 2, 3, 4].map(() => [1, 1]));
  });
});
