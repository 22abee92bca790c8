// Releases without a secret in them on an API server: what is printed is taken as it is, and what pods ask for is what the list names.
import { CHART_NAMES, type ChartName } from '../../constructs/charts';
import { renderRelease } from '../../cli/render';
import type { KubeObject } from '../../kubernetes/object';
import { apply, NEEDED, prepare } from '../support/applying';
import { apiServer, describeWith, findParts, succeed, type ApiServer } from '../support/parts';
import { valuesWith } from '../support/secret-values';

type Plain = Readonly<Record<string, unknown>>;
const MODES = ['omit', 'externalSecrets'] as const;

/** Numbers, base64 and PEM blocks are asked for in some places. */
const everySecret = (chart: ChartName): Plain => ({
  ...valuesWith(chart, (index) => `s${index}`),
  ...(chart === 'devstats' ? { pgPort: '5432' } : {}),
});

/** Keys that pods read, by `namespace/Secret`. A Secret that is named and of which all is read has none. */
function asked(objects: readonly KubeObject[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const walk = (value: unknown, namespace: string): void => {
    if (Array.isArray(value)) value.forEach((item) => walk(item, namespace));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const { secretKeyRef, secretRef, secret } = value as Record<string, Plain | undefined>;
    for (const reference of [secretKeyRef, secretRef, secret]) {
      const name = reference?.['secretName'] ?? reference?.['name'];
      if (typeof name !== 'string' || reference?.['optional'] === true) continue;
      const keys = found.get(`${namespace}/${name}`) ?? new Set<string>();
      const items = [...((reference?.['items'] as Plain[] | undefined) ?? []), ...(reference === secretKeyRef ? [reference] : [])];
      found.set(`${namespace}/${name}`, new Set([...keys, ...items.map((item) => String(item?.['key']))]));
    }
    Object.values(value).forEach((item) => walk(item, namespace));
  };
  for (const object of objects) walk((object as { spec?: unknown }).spec, object.metadata.namespace ?? '');
  return found;
}

describeWith(findParts('etcd', 'kube-apiserver', 'kubectl'))('a release without its secrets', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await apiServer();
  }, 60_000);
  afterAll(() => server?.stop());

  const cases = CHART_NAMES.flatMap((chart) => [
    { chart, name: 'defaults', values: [NEEDED[chart]] },
    { chart, name: 'every secret', values: [everySecret(chart)] },
  ]);

  it.each(MODES.flatMap((mode) => cases.map((one, index) => ({ ...one, mode, namespace: `${mode.slice(0, 1)}${index}` }))))(
    '$chart, $name: $mode',
    async ({ chart, name, values, mode, namespace }) => {
      const secrets = { secrets: { mode, externalSecrets: { store: { name: 'vault' } } } };
      const { plan, needed } = renderRelease({ release: namespace, chart, namespace, createNamespace: true, values: [...values, secrets] });
      const objects = plan.map(({ object }) => object).filter(({ kind }) => !kind.endsWith('WebhookConfiguration'));
      const external = objects.filter(({ kind }) => kind === 'ExternalSecret') as (KubeObject & { readonly spec: ExternalSpec })[];
      if (mode === 'omit' || name === 'every secret') expect(external.length > 0).toBe(mode !== 'omit');
      await prepare(server, objects);
      const first = await apply(server, objects);
      expect(await apply(server, objects)).toEqual(first);

      const told = new Map(
        mode === 'omit'
          ? needed.map(({ namespace: own, name, keys }) => [`${own}/${name}`, keys])
          : external.map(({ metadata, spec }) => [
              `${metadata.namespace}/${spec.target.name}`,
              spec.data.map(({ secretKey }) => secretKey),
            ]),
      );
      const wanted = asked(objects);
      for (const [secret, keys] of told) expect([...(wanted.get(secret) ?? [])].filter((key) => !keys.includes(key))).toEqual([]);
      await succeed(
        server.kubectl([
          'delete',
          '--ignore-not-found',
          '--wait=false',
          'clusterroles,clusterrolebindings',
          '-l',
          `app.kubernetes.io/instance=${namespace}`,
        ]),
      );
    },
  );
});

interface ExternalSpec {
  readonly target: { readonly name: string };
  readonly data: readonly { readonly secretKey: string }[];
}
