// A worker thread: renders and judges the cases it is sent, one after the other.
import { parentPort, workerData } from 'node:worker_threads';
import { judge, settled, type Base } from './judge';
import type { Answer } from './pool';
import { chartOf, helmRenderer, ourRenderer, type Renderer } from './render';
import type { Compare, Context, Job, Render, Setup, Verdict } from './types';
import { compareScript } from '../support/places';

const settle =
  <R extends Render>(render: (...args: Parameters<Renderer>) => R) =>
  (...args: Parameters<Renderer>): R => {
    const result = render(...args);
    return { ...result, text: settled(result.text) };
  };
const optionsOf = (context: Context): Parameters<Compare>[2] => ({ namespace: chartOf(context), chart: chartOf(context) });

async function answerer(setup: Setup): Promise<(job: Job) => Answer> {
  const { compare } = (await import(compareScript)) as { compare: Compare };
  const byHelm = settle(helmRenderer(setup));
  const byUs = settle(setup.helmOnly ? () => ({ ok: false, text: 'not rendered' }) : ourRenderer());
  const bases = new Map<string, Base & { verdict: Verdict; cached: boolean }>();

  const baseOf = (context: Context) => {
    const key = JSON.stringify(context);
    const known = bases.get(key);
    if (known) return known;
    const [helm, ours] = [byHelm(context, [context.values]), byUs(context, [context.values])];
    const verdict = judge(compare, helm, ours, optionsOf(context));
    const base = { helm, ours, verdict, differences: new Set(verdict.details), cached: helm.cached };
    bases.set(key, base);
    return base;
  };

  return ({ id, context, values }) => {
    const base = baseOf(context);
    if (values === undefined) return { id, ...base.verdict, cached: base.cached };
    const layers = [context.values, values];
    const helm = byHelm(context, layers);
    return { id, ...judge(compare, helm, byUs(context, layers), optionsOf(context), base), cached: helm.cached };
  };
}

void answerer(workerData as Setup).then((answer) => {
  parentPort?.on('message', (job: Job) => parentPort?.postMessage(answer(job)));
  parentPort?.postMessage({ ready: true });
});
