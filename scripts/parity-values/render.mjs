// One render by each side. Helm's are kept on disk, keyed by everything that goes into them.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { trimmer } from './trim.mjs';
import { API_VERSIONS, clusterFlags, KUBE_VERSION } from '../support/helm.mjs';
import { cacheFolder } from '../parts.d/cache.mjs';
import { root } from '../support/places.mjs';

const require = createRequire(import.meta.url);
/** Release and namespace go by the chart's name. */
export const chartOf = (context) => context.chart ?? 'estafette-ci';

/**
 * @param {{ helm: string, version: string, charts: Record<string, { folder: string, hash: string }> }} setup
 * @returns a function from a context and its layers of values to `{ ok, text, cached }`; text is the manifests or Helm's reason
 */
export function helmRenderer({ helm, version, charts }) {
  const cache = join(cacheFolder, 'parity-values');
  const scratch = (name) => join(tmpdir(), `parity-values-${process.pid}-${name}-${Math.random().toString(36).slice(2)}.json`);
  const files = [scratch('context'), scratch('change')];
  const needed = Object.fromEntries(Object.entries(charts).map(([name, { folder }]) => [name, trimmer(folder)]));
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
    texts.forEach((text, i) => writeFileSync(files[i], text));
    const result = run(helm, [...flags, needed[chart](context.values), ...texts.flatMap((_, i) => ['--values', files[i]])]);
    mkdirSync(dirname(kept), { recursive: true });
    const part = `${kept}.${process.pid}.${Math.random().toString(36).slice(2)}`;
    writeFileSync(part, gzipSync(JSON.stringify(result), { level: 3 }));
    renameSync(part, kept);
    return { ...result, cached: false };
  };
}

function run(helm, args) {
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
    if (error.status === undefined || error.status === null) throw error; // not Helm's verdict: it could not be run, or was killed
    return {
      ok: false,
      text: String(error.stderr)
        .trim()
        .split('\n')
        .filter((line) => !/^(level=|WARNING|coalesce\.go|Use --debug|$)/.test(line))
        .join(' ')
        .slice(0, 600),
    };
  }
}

/** Ours, in this process, by the code behind the command line. `crashed` marks what a user would see as our fault. */
export function ourRenderer() {
  const { renderRelease } = require(join(root, 'lib', 'cli', 'render.js'));
  return (context, layers) => {
    try {
      const { manifests } = renderRelease({
        release: chartOf(context),
        chart: chartOf(context),
        namespace: chartOf(context),
        values: structuredClone(layers),
        kubeVersion: context.kubeVersion ?? KUBE_VERSION,
        apiVersions: [...API_VERSIONS, ...context.apiVersions],
      });
      return { ok: true, text: manifests };
    } catch (error) {
      return { ok: false, text: String(error.message).slice(0, 600), crashed: error.name !== 'ValuesError', stack: error.stack };
    }
  };
}
