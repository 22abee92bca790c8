// A stream on an API server: what it says, and what is there afterwards.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderRelease, type RenderOptions } from '../../cli/render';
import type { ChartName } from '../../constructs/charts';
import type { KubeObject } from '../../kubernetes/object';
import { writeYamlStream } from '../../helm/yaml/write';
import { DEVSTATS_SECRETS } from '../../scripts/support/devstats-secrets';
import { ROOT } from './cli';
import { define, type ApiServer } from './parts';

interface Applied {
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

const definitions = readdirSync(join(ROOT, 'imports', 'definitions')).map((file) =>
  readFileSync(join(ROOT, 'imports', 'definitions', file), 'utf8'),
);
/** What is said of fields that a release has on purpose, and (by Kubernetes 1.36) of certificates of the cases, which are none. */
const KNOWN = [
  /annotation "kubernetes\.io\/ingress\.class" is deprecated/,
  /v1 Endpoints is deprecated/,
  /tls: failed to find any PEM data/,
];

/** Values without which a chart is refused. */
export const NEEDED: Readonly<Record<ChartName, Readonly<Record<string, unknown>>>> = {
  'estafette-ci': {},
  buildshuttle: {},
  devstats: DEVSTATS_SECRETS,
};

/** The objects of a release that bears its chart's name. No pod runs on a server alone, so no webhook answers: the configurations of cert-manager's are left out. */
export function streamOf(
  chart: ChartName,
  values: readonly Readonly<Record<string, unknown>>[],
  options: Omit<RenderOptions, 'release' | 'chart' | 'values'> = {},
): KubeObject[] {
  const { plan } = renderRelease({
    release: chart,
    chart,
    namespace: chart,
    createNamespace: true,
    values: [NEEDED[chart], ...values],
    ...options,
  });
  return plan.map(({ object }) => object).filter(({ kind }) => !kind.endsWith('WebhookConfiguration'));
}

/** Makes the definitions of custom resources that the stream needs. */
export async function prepare(server: ApiServer, objects: readonly KubeObject[]): Promise<void> {
  if (objects.some(({ apiVersion }) => definitions.some((text) => text.includes(`group: ${apiVersion.split('/')[0]}\n`))))
    await define(server.kubectl, definitions.join('\n---\n'));
}

/**
 * The objects as the server has them, defaults and generation included, by kind, namespace and name. Their resourceVersion
 * is not: the server writes a claim a second time with nothing in it changed.
 * @throws Error with what kubectl said, warnings included
 */
export async function apply(server: ApiServer, objects: readonly KubeObject[], ...flags: string[]): Promise<Record<string, unknown>> {
  const { status, stdout, stderr } = await server.kubectl(
    ['apply', '--server-side', '--validate=strict', '--output=json', ...flags, '-f', '-'],
    writeYamlStream(objects),
  );
  const said = stderr.split('\n').filter((line) => line && !KNOWN.some((known) => known.test(line)));
  if (status !== 0 || said.length) throw new Error(`exit ${status}\n${said.join('\n')}`);
  const { items } = JSON.parse(stdout) as { items: Applied[] };
  return Object.fromEntries(
    items.map(({ metadata, ...object }) => [
      `${object.kind} ${String(metadata['namespace'] ?? '')}/${String(metadata['name'])}`,
      { ...object, metadata: { ...metadata, resourceVersion: undefined } },
    ]),
  );
}
