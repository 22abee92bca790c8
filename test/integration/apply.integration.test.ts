// Every example and every parity case is applied to an empty API server: without an error, a retry or a warning, and once more without a change.
import type { ChartName } from '../../constructs/charts';
import { apply, prepare, streamOf } from '../support/applying';
import { casesOf } from '../support/cases';
import { apiServer, describeWith, findParts, type ApiServer } from '../support/parts';

const CHARTS: readonly ChartName[] = ['estafette-ci', 'devstats', 'buildshuttle'];

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

  it.each(CHARTS.flatMap((chart) => casesOf(chart).map((one) => ({ ...one, chart }))))(
    '$chart, $name',
    async ({ chart, values, apiVersions }) => {
      const current = server as ApiServer;
      const [plain, argocd] = (['kubectl', 'argocd'] as const).map((target) => streamOf(chart, values, { apiVersions, target }));
      if (!plain || !argocd) throw new Error('a stream is missing');
      await prepare(current, plain);
      const first = await apply(current, plain);
      expect(Object.keys(first)).toHaveLength(plain.length);
      expect(await apply(current, plain)).toEqual(first);
      // What Argo CD would apply differs in annotations only.
      const theirs = await apply(current, argocd);
      expect(await apply(current, argocd)).toEqual(theirs);
    },
  );
});
