// Every example and every parity case is applied to an empty API server, and once more without a change.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderRelease } from '../../cli/render';
import { writeYamlStream } from '../../helm/yaml/write';
import { casesOf } from '../support/cases';
import { ROOT } from '../support/cli';
import { apiServer, define, describeWith, findParts, succeed, type ApiServer } from '../support/parts';

interface Applied { readonly kind: string; readonly metadata: Readonly<Record<string, unknown>> }

const definitions = readdirSync(join(ROOT, 'imports', 'definitions')).map((file) => readFileSync(join(ROOT, 'imports', 'definitions', file), 'utf8'));

/**
 * The objects as the server has them, defaults and generation included. Their resourceVersion is not: the server writes a
 * claim a second time with nothing in it changed.
 */
async function apply(server: ApiServer, manifests: string): Promise<Record<string, unknown>> {
  const output = await succeed(server.kubectl(['apply', '--server-side', '--validate=strict', '--output=json', '-f', '-'], manifests));
  const { items } = JSON.parse(output) as { items: Applied[] };
  return Object.fromEntries(items.map(({ metadata, ...object }) => [
    `${object.kind} ${String(metadata['namespace'] ?? '')}/${String(metadata['name'])}`,
    { ...object, metadata: { ...metadata, resourceVersion: undefined } },
  ]));
}

describeWith(findParts('etcd', 'kube-apiserver', 'kubectl'))('kubectl apply --server-side --validate=strict', () => {
  // The next one starts while the last is used.
  let prepared: Promise<ApiServer> | undefined;
  let server: ApiServer | undefined;
  beforeEach(async () => {
    server = await (prepared ?? apiServer());
    prepared = apiServer();
  }, 60_000);
  afterEach(() => server?.stop());
  afterAll(async () => {
    await (await prepared)?.stop();
  });

  it.each(casesOf('estafette-ci'))('estafette-ci, $name', async ({ values, apiVersions }) => {
    const { plan } = renderRelease({ release: 'estafette-ci', chart: 'estafette-ci', namespace: 'estafette-ci', createNamespace: true, values, apiVersions });
    // No pod runs here, so no webhook answers: cert-manager's configurations are left out.
    const objects = plan.map(({ object }) => object).filter(({ kind }) => !kind.endsWith('WebhookConfiguration'));
    const current = server as ApiServer;
    if (objects.some(({ apiVersion }) => definitions.some((text) => text.includes(`group: ${apiVersion.split('/')[0]}\n`)))) {
      await define(current.kubectl, definitions.join('\n---\n'));
    }
    const manifests = writeYamlStream(objects);
    const first = await apply(current, manifests);
    expect(Object.keys(first)).toHaveLength(objects.length);
    expect(await apply(current, manifests)).toEqual(first);
  }, 60_000);
});
