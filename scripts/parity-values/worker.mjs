// A worker thread: renders and judges the cases it is sent, one after the other.
import { parentPort, workerData } from 'node:worker_threads';
import { judge, settled } from './judge.cjs';
import { chartOf, helmRenderer, ourRenderer } from './render.mjs';
import { compareScript } from '../support/places.mjs';

const { compare } = await import(compareScript);
const settle = (render) => (context, layers) => {
  const result = render(context, layers);
  return { ...result, text: settled(result.text) };
};
const byHelm = settle(helmRenderer(workerData));
const byUs = settle(workerData.helmOnly ? () => ({ ok: false, text: 'not rendered' }) : ourRenderer());
const optionsOf = (context) => ({ namespace: chartOf(context), chart: chartOf(context) });
const bases = new Map();

function baseOf(context) {
  const key = JSON.stringify(context);
  if (!bases.has(key)) {
    const base = { helm: byHelm(context, [context.values]), ours: byUs(context, [context.values]) };
    base.verdict = judge(compare, base.helm, base.ours, optionsOf(context));
    base.differences = new Set(base.verdict.details);
    bases.set(key, base);
  }
  return bases.get(key);
}

parentPort.on('message', ({ id, context, values }) => {
  const base = baseOf(context);
  if (values === undefined) return parentPort.postMessage({ id, ...base.verdict, cached: base.helm.cached });
  const layers = [context.values, values];
  const helm = byHelm(context, layers);
  parentPort.postMessage({ id, ...judge(compare, helm, byUs(context, layers), optionsOf(context), base), cached: helm.cached });
});
parentPort.postMessage({ ready: true });
