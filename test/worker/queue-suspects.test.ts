// A build that takes the worker or the engine down with it, and those that run beside it: only the one to blame fails.
import { EngineUnavailable } from '../../worker/errors';
import type { Work } from '../../worker/engines/engine';
import { FakeEngine, until } from './support/fakes';
import { never, queueHarness } from './support/queue';

describe('a build beside one that takes everything down', () => {
  const { start, post, state, finals, crash } = queueHarness();
  const ends = () => Object.fromEntries(finals().map(({ body }) => [body['id'], [body['state'], body['reason']]]));

  it('succeeds when it is the worker that ends', async () => {
    // Build 1 ends the worker whenever it runs; 2 and 3 need longer than it lets them, until they are alone.
    for (let life = 1; ; life += 1) {
      expect(life).toBeLessThan(10);
      const engine = new FakeEngine();
      let guilty = false;
      engine.onBuild = async (_work: Work, tag) => {
        guilty ||= tag.endsWith(':1.1');
        // Whether the build to blame comes beside it is seen a moment later.
        await new Promise((resolve) => setTimeout(resolve, 30));
        if (guilty) await never();
      };
      const worker = await start(engine);
      if (life === 1) for (const number of [1, 2, 3]) await post(worker, number);
      await until(() => guilty || finals().length === 3);
      if (finals().length === 3) break;
      if (life <= 2) await until(() => [1, 2, 3].every((number) => state(worker, number) === 'building'));
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
    let lost = new AbortController();
    const beside: number[] = [];
    engine.onBuild = async (_work: Work, tag) => {
      beside.push(engine.running);
      if (tag.endsWith(':1.1')) {
        await new Promise((resolve) => setTimeout(resolve, 30));
        lost.abort();
        lost = new AbortController();
        throw new EngineUnavailable('the engine went away');
      }
      const { signal } = lost;
      await new Promise((resolve) => setTimeout(resolve, 60));
      if (signal.aborted) throw new EngineUnavailable('the engine went away');
    };
    const worker = await start(engine, {}, { attemptPauseMs: 1 });
    for (const number of [1, 2, 3]) await post(worker, number);
    await until(() => finals().length === 3);
    expect(ends()).toMatchObject({ 1: ['failed', 'the engine went away'], 2: ['succeeded', undefined], 3: ['succeeded', undefined] });
    expect(beside.some((count) => count > 1)).toBe(true);
    // Builds 1, 2 and 3 had two attempts beside each other at most; what came after ran alone.
    expect(beside.slice(6).every((count) => count === 1)).toBe(true);
  });
});
