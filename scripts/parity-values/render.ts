// One render by each side. Helm's are kept on disk, keyed by everything that goes into them.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { trimmer } from './trim';
import type { Context, Render, Setup, Values } from './types';
import { API_VERSIONS, clusterFlags, KUBE_VERSION } from '../support/helm';
import { cacheFolder } from '../parts.d/cache';
import { root, type PublishedChart } from '../support/places';

/** Release and namespace go by the chart's name. */
export const chartOf = (context: Context): PublishedChart => context.chart ?? 'estafette-ci';

/** Renders a context with its layers of values. */
export type Renderer = (context: Context, layers: readonly Values[]) => Render;

/** By Helm; `cached` is true of what an earlier run has rendered. */
export function helmRenderer({ helm, version, charts }: Setup): (...args: Parameters<Renderer>) => Render & { cached: boolean } {
  const cache = join(cacheFolder, 'parity-values');
  const scratch = (name: string): string =>
    join(tmpdir(), `parity-values-${process.pid}-${name}-${Math.random().toString(36).slice(2)}.json`);
  const needed = { 'estafette-ci': trimmer(charts['estafette-ci'].folder), devstats: trimmer(charts.devstats.folder) };
  return (context, layers) => {
    const chart = chartOf(context);
    const { hash } = charts[chart];
    const flags = [
      'template',
      chart,
      '--namespace',
      chart,
      ...clusterFlags([...API_VERSIONS, ...context.apiVersions], context.kubeVersion ?? KUBE_VERSION),
    ];
    const texts = layers.map((values) => JSON.stringify(values));
    const key = createHash('sha256')
      .update(JSON.stringify([version, hash, flags, texts]))
      .digest('hex');
    const kept = join(cache, key.slice(0, 2), `${key}.gz`);
    if (existsSync(kept)) return { ...JSON.parse(gunzipSync(readFileSync(kept)).toString()), cached: true };
    const files = texts.map((text, i) => {
      const file = scratch(String(i));
      writeFileSync(file, text);
      return file;
    });
    const result = run(helm, [...flags, needed[chart](context.values), ...files.flatMap((file) => ['--values', file])]);
    for (const file of files) rmSync(file);
    mkdirSync(dirname(kept), { recursive: true });
    const part = `${kept}.${process.pid}.${Math.random().toString(36).slice(2)}`;
    writeFileSync(part, gzipSync(JSON.stringify(result), { level: 3 }));
    renameSync(part, kept);
    return { ...result, cached: false };
  };
}

function run(helm: string, args: readonly string[]): Render {
  try {
    // One short run needs no garbage collection; without it Helm takes a third less time.
    return {
      ok: true,
      text: execFileSync(helm, args, {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, GOGC: 'off' },
      }),
    };
  } catch (error) {
    const { status, stderr } = error as { status?: number | null; stderr?: string };
    if (status === undefined || status === null) throw error; // not Helm's verdict: it could not be run, or was killed
    return {
      ok: false,
      text: String(stderr)
        .trim()
        .split('\n')
        .filter((line) => !/^(level=|WARNING|coalesce\.go|Use --debug|$)/.test(line))
        .join(' ')
        .slice(0, 600),
    };
  }
}

/** Ours, in this process, by the code behind the command line. `crashed` marks what a user would see as our fault. */
export function ourRenderer(): Renderer {
  // As it was built: that is what users run.
  const { renderRelease } = require(join(root, 'lib', 'cli', 'render.js')) as typeof import('../../cli/render');
  return (context, layers) => {
    try {
      const { manifests, warnings } = renderRelease({
        release: chartOf(context),
        chart: chartOf(context),
        namespace: chartOf(context),
        values: structuredClone([...layers]),
        kubeVersion: context.kubeVersion ?? KUBE_VERSION,
        apiVersions: [...API_VERSIONS, ...context.apiVersions],
      });
      return { ok: true, text: manifests, said: warnings };
    } catch (error) {
      const { name, message } = error as Error;
      return { ok: false, text: message.slice(0, 600), crashed: name !== 'ValuesError', said: message.split('\n') };
    }
  };
}
