// Logs of builds on Kubernetes: each line once, for the store and for every follower.
import { isFinal } from '../../worker/state/record';
import type { Worker } from '../../worker/worker';
import { clusterHarness } from './support/cluster';
import { until } from './support/fakes';
import { gate, keyOf } from './support/queue';

jest.setTimeout(60_000);

describe('builds on Kubernetes', () => {
  const cluster = clusterHarness();
  const { replica, post, finals, logOf } = cluster;
  const state = (worker: Worker) => worker.records.get(keyOf(1))?.state ?? 'queued';
  const ended = (worker: Worker) => until(() => isFinal(state(worker)) && finals().length >= 1, 20_000);
  /** Cuts what is open, and waits for it to be asked again. */
  const cut = async (pod: string, request: string): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, 150));
    return cluster.kubelet.cut(pod, request);
  };

  it.each(['GET /phases', 'GET /log'])('have each line once in their log when the connection of %s is cut', async (request) => {
    const worker = await replica();
    const release = gate();
    cluster.engine.onBuild = async ({ output }) => {
      await output('before the cut\n');
      await release.opened;
      for (let line = 0; line < 20; line += 1) await output(`after the cut ${line}\n`);
    };
    await post(worker, 1);
    await until(() => state(worker) === 'building');
    const [name = ''] = cluster.kubelet.pods.keys();
    for (let cuts = 0; cuts < 3; cuts += await cut(name, request));
    release.open();
    await ended(worker);
    const lines = (await logOf(worker, keyOf(1))).split('\n').filter((line) => line.includes('the cut'));
    expect(lines).toEqual(['before the cut', ...Array.from({ length: 20 }, (_, line) => `after the cut ${line}`)]);
  });

  it('are followed through one connection of each follower, however long they run', async () => {
    const worker = await replica();
    const release = gate();
    cluster.engine.onBuild = async ({ output }) => {
      await release.opened;
      await output('the end\n');
    };
    await post(worker, 1);
    await until(() => state(worker) === 'building');
    const followers = [logOf(worker, keyOf(1)), logOf(worker, keyOf(1))];
    const [name = ''] = cluster.kubelet.pods.keys();
    await new Promise((resolve) => setTimeout(resolve, 700));
    const asked = cluster.kubelet.requests(name).filter((line) => line.startsWith('GET /log'));
    release.open();
    // The leader's own is one of them.
    expect(asked).toHaveLength(3);
    for (const log of await Promise.all(followers)) expect(log).toMatch(/\nthe end\nBuild succeeded/);
  });
});
