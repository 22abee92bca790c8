// The argocd target: waves that wait for nothing later, ordinary Jobs, keepers, and the Application.
import { renderRelease, type RenderOptions } from '../../../cli/render';
import type { Stage } from '../../../constructs/common/stages';
import { application } from '../../../constructs/targets/application';
import { argocd } from '../../../constructs/targets/argocd';
import type { Planned } from '../../../constructs/common/entry';
import { casesOf } from '../../support/cases';

const planned = (kind: string, stage: Stage, more: object = {}, lifecycle: Planned['lifecycle'] = {}): Planned => ({
  object: { apiVersion: 'apps/v1', kind, metadata: { name: 'x', namespace: 'ci' }, ...more },
  stage,
  lifecycle,
});
const wave = (kind: string, stage: Stage): number => Number(argocd.marks(planned(kind, stage))['argocd.argoproj.io/sync-wave']);
const render = (options: Partial<RenderOptions> = {}) =>
  renderRelease({ release: 'ci', chart: 'estafette-ci', namespace: 'ci', target: 'argocd', ...options });
const annotationsOf = ({ object }: Planned) => (object.metadata.annotations ?? {}) as Record<string, string>;

/** Names of objects that a pod cannot start without, as `Kind/name`. */
function needs(value: unknown, found: string[] = []): string[] {
  if (typeof value !== 'object' || value === null) return found;
  for (const [key, item] of Object.entries(value)) {
    const { name, secretName, claimName, optional } = (typeof item === 'object' && item !== null ? item : {}) as Record<string, unknown>;
    if (optional === true) continue;
    if (/^secret(Ref|KeyRef)?$/.test(key)) found.push(`Secret/${String(secretName ?? name)}`);
    if (/^configMap(Ref|KeyRef)?$/.test(key)) found.push(`ConfigMap/${String(name)}`);
    if (key === 'persistentVolumeClaim') found.push(`PersistentVolumeClaim/${String(claimName)}`);
    if (key === 'serviceAccountName') found.push(`ServiceAccount/${String(item)}`);
    needs(item, found);
  }
  return found;
}

describe('waves', () => {
  it('are the stages, so that the database and its init Job are in one', () => {
    const { plan } = render();
    const of = (name: RegExp) =>
      plan
        .filter(({ object }) => name.test(`${object.kind}/${object.metadata.name}`))
        .map((entry) => annotationsOf(entry)['argocd.argoproj.io/sync-wave']);
    expect(of(/^StatefulSet\/ci-db$|^Job\/ci-db-init-|^Service\/ci-db/)).toEqual(['4', '4', '4', '4']);
    expect(of(/^Job\/ci-db-self-signer-/)).toEqual(['3']);
    expect(of(/^Job\/ci-db-migrator-/)).toEqual(['5']);
    expect(of(/^Deployment\//)).toEqual(['6', '6', '6']);
    expect(plan.every((entry) => /^[0-6]$/.test(annotationsOf(entry)['argocd.argoproj.io/sync-wave'] ?? ''))).toBe(true);
  });

  it.each(['PodDisruptionBudget', 'CronJob', 'HorizontalPodAutoscaler', 'VerticalPodAutoscaler', 'Ingress', 'ServiceMonitor'])(
    'leave a %s to the last one, for which no sync waits',
    (kind) => {
      expect(wave(kind, 'foundations')).toBe(6);
    },
  );

  it('have webhook configurations after the custom resources, and before what may wait for an address', () => {
    expect(wave('ValidatingWebhookConfiguration', 'admission')).toBeGreaterThan(wave('Certificate', 'keys'));
    expect(wave('ValidatingWebhookConfiguration', 'admission')).toBeLessThan(wave('Ingress', 'apps'));
  });

  it.each((['estafette-ci', 'devstats'] as const).flatMap((chart) => casesOf(chart).map((one) => ({ ...one, chart }))))(
    'never wait for a later one: $chart, $name',
    ({ chart, values, apiVersions }) => {
      const existingSecret = { pg: 'pg-db', oauth: 'github-oauth', grafana: 'grafana-secret' };
      const { plan } = render({ chart, apiVersions, values: chart === 'devstats' ? [...values, { existingSecret }] : values });
      const waves = new Map(
        plan.map((entry) => [
          `${entry.object.kind}/${entry.object.metadata.name}`,
          Number(annotationsOf(entry)['argocd.argoproj.io/sync-wave']),
        ]),
      );
      for (const { object } of plan.filter(({ object: { kind } }) => kind === 'Certificate')) {
        waves.set(
          `Secret/${String((object as { spec?: { secretName?: string } }).spec?.secretName)}`,
          waves.get(`Certificate/${object.metadata.name}`) ?? -1,
        );
      }
      let checked = 0;
      for (const { object } of plan.filter(({ object: { kind } }) => !/^(Cron|Role|ClusterRole)/.test(kind))) {
        for (const need of needs((object as { spec?: unknown }).spec)) {
          const other = waves.get(need);
          if (other === undefined) continue;
          checked += 1;
          expect([need, other <= (waves.get(`${object.kind}/${object.metadata.name}`) ?? -1)]).toEqual([need, true]);
        }
      }
      // A pod alone, to look into, needs nothing of the release.
      expect(plan.length === 1 ? 1 : checked).toBeGreaterThan(0);
    },
  );

  it.each((['estafette-ci', 'devstats'] as const).flatMap((chart) => casesOf(chart).map((one) => ({ ...one, chart }))))(
    'begin with the namespaces that the release makes: $chart, $name',
    ({ chart, values, apiVersions }) => {
      const existingSecret = { pg: 'pg-db', oauth: 'github-oauth', grafana: 'grafana-secret' };
      const { plan } = render({
        chart,
        apiVersions,
        createNamespace: true,
        values: chart === 'devstats' ? [...values, { existingSecret }] : values,
      });
      const waves = plan
        .filter(({ object: { kind } }) => kind !== 'CustomResourceDefinition')
        .map((entry) => ({ kind: entry.object.kind, wave: Number(annotationsOf(entry)['argocd.argoproj.io/sync-wave']) }));
      const first = Math.min(...waves.map(({ wave: at }) => at));
      expect(waves.filter(({ kind }) => kind === 'Namespace').map(({ wave: at }) => at)).toEqual(expect.arrayContaining([first]));
      expect(waves.filter(({ kind, wave: at }) => kind === 'Namespace' && at !== first)).toEqual([]);
    },
  );
});

describe('objects', () => {
  it('are the ones of kubectl, Jobs under the same names, and no hooks of anybody', () => {
    const names = (target: 'kubectl' | 'argocd') => render({ target }).plan.map(({ object }) => `${object.kind}/${object.metadata.name}`);
    expect(names('argocd')).toEqual(names('kubectl'));
    expect(render().manifests).not.toMatch(/helm\.sh\/(hook|resource-policy)|argocd\.argoproj\.io\/hook/);
  });

  it('that stay are neither pruned nor deleted, nor a reason to be out of sync', () => {
    const keys = { secretDecryptionKey: 'a'.repeat(32), jwtKey: 'b'.repeat(32) };
    const { plan } = render({
      createNamespace: true,
      values: [{ api: { secret: keys }, metrics: { server: { persistentVolume: { enabled: true } } } }],
    });
    const kept = plan.filter((entry) => annotationsOf(entry)['argocd.argoproj.io/sync-options'] !== undefined);
    expect(kept.map(({ object }) => `${object.kind} ${object.metadata.name}`)).toEqual([
      'Namespace ci',
      'Namespace ci-jobs',
      'Secret ci-api',
      'Secret ci-api.tls',
      'PersistentVolumeClaim ci-metrics-server',
    ]);
    for (const entry of kept) {
      expect(annotationsOf(entry)).toMatchObject({
        'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
        'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
      });
    }
    expect(argocd.marks(planned('CustomResourceDefinition', 'crds'))).toHaveProperty(['argocd.argoproj.io/sync-options']);
  });

  it('leave claim templates as a live StatefulSet has them, since it refuses any other', () => {
    const templates = (target: 'kubectl' | 'argocd') =>
      render({ target }).plan.flatMap(
        ({ object }) => (object as { spec?: { volumeClaimTemplates?: unknown } }).spec?.volumeClaimTemplates ?? [],
      );
    expect(templates('argocd')).toHaveLength(1);
    expect(templates('argocd')).toEqual(templates('kubectl'));
  });

  it('that a controller makes and writes are not printed', () => {
    const endpoints = planned('Endpoints', 'data', {}, { writtenByController: true });
    expect(argocd.plan([endpoints, planned('Service', 'data')], { crds: 'include' }).map(({ object }) => object.kind)).toEqual(['Service']);
    const existingSecret = { pg: 'pg-db', oauth: 'github-oauth', grafana: 'grafana-secret' };
    const kinds = (target: 'kubectl' | 'argocd') =>
      render({ chart: 'devstats', target, values: [{ existingSecret }] }).plan.map(({ object }) => object.kind);
    expect(kinds('kubectl')).toContain('Endpoints');
    expect(kinds('argocd')).not.toContain('Endpoints');
  });

  it('follow a patch of their marks', () => {
    const patch = { metadata: { annotations: { 'argocd.argoproj.io/sync-wave': '9' } } };
    const { plan } = render({ patches: [{ target: { kind: 'Deployment', name: 'ci-web' }, patch }] });
    expect(annotationsOf(plan.find(({ object }) => object.metadata.name === 'ci-web' && object.kind === 'Deployment') as Planned)).toEqual({
      'argocd.argoproj.io/sync-wave': '9',
    });
  });
});

describe('the Application', () => {
  const specOf = (objects: readonly Planned[], more: object = {}) =>
    (
      application({ name: 'ci', namespace: 'ci-ns' }, objects, { repoURL: 'https://git.example.com/ci.git', ...more }) as unknown as {
        spec: Record<string, unknown>;
      }
    ).spec;

  it('finds the files of its release, and no others, in git', () => {
    expect(specOf([]).source).toEqual({
      repoURL: 'https://git.example.com/ci.git',
      targetRevision: 'HEAD',
      path: 'dist',
      directory: { include: '{ci.k8s.yaml,ci.crds.k8s.yaml}' },
    });
    expect(specOf([], { path: 'manifests', targetRevision: 'v1', project: 'ci' })).toMatchObject({
      project: 'ci',
      source: { path: 'manifests', targetRevision: 'v1' },
      destination: { server: 'https://kubernetes.default.svc', namespace: 'ci-ns' },
    });
  });

  it('prunes, heals itself and tries again', () => {
    expect(specOf([]).syncPolicy).toEqual({
      automated: { prune: true, selfHeal: true },
      syncOptions: ['ServerSideApply=true', 'RespectIgnoreDifferences=true'],
      retry: { limit: 5, backoff: { duration: '10s', factor: 2, maxDuration: '3m' } },
    });
    expect(specOf([])).not.toHaveProperty('ignoreDifferences');
  });

  it('looks away where controllers write, object by object', () => {
    const scaler = planned('HorizontalPodAutoscaler', 'apps', { spec: { scaleTargetRef: { kind: 'Deployment', name: 'x' } } });
    expect(
      specOf([
        scaler,
        planned('Deployment', 'apps', { spec: { replicas: 2 } }),
        planned('Secret', 'foundations', { apiVersion: 'v1' }, { keep: true }),
        planned('Secret', 'foundations', { apiVersion: 'v1', data: { a: '' } }, { keep: true }),
        planned('MutatingWebhookConfiguration', 'admission', { apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name: 'w' } }),
      ]).ignoreDifferences,
    ).toEqual([
      { group: 'apps', kind: 'Deployment', name: 'x', namespace: 'ci', jsonPointers: ['/spec/replicas'] },
      { group: '', kind: 'Secret', name: 'x', namespace: 'ci', jsonPointers: ['/data'] },
      {
        group: 'admissionregistration.k8s.io',
        kind: 'MutatingWebhookConfiguration',
        name: 'w',
        jqPathExpressions: ['.webhooks[]?.clientConfig.caBundle'],
      },
    ]);
    expect(specOf([planned('Deployment', 'apps', { spec: { replicas: 2 } })])).not.toHaveProperty('ignoreDifferences');
  });

  it('looks away from what a server completes in claim templates, and where there is none looks at all', () => {
    expect(
      specOf([
        planned('StatefulSet', 'apps', { spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }] } }),
        planned('StatefulSet', 'apps', { spec: { volumeClaimTemplates: [] } }),
      ]).ignoreDifferences,
    ).toEqual([
      {
        group: 'apps',
        kind: 'StatefulSet',
        name: 'x',
        namespace: 'ci',
        jqPathExpressions: [
          '.spec.volumeClaimTemplates[]?.apiVersion',
          '.spec.volumeClaimTemplates[]?.kind',
          '.spec.volumeClaimTemplates[]?.status',
        ],
      },
    ]);
  });

  it('leaves Jobs that ran as they are when they are known by what they are for, the ones of later projects too', () => {
    const job = (name: string, identity?: unknown): Planned =>
      planned('Job', 'apps', { apiVersion: 'batch/v1', metadata: { name, namespace: 'ci' } }, { identity });
    expect(specOf([job('a', { project: 'a' }), job('b', { project: 'b' }), job('c')]).ignoreDifferences).toEqual([
      {
        group: 'batch',
        kind: 'Job',
        namespace: 'ci',
        jsonPointers: [
          '/spec/template',
          '/spec/selector',
          '/spec/completions',
          '/spec/completionMode',
          '/spec/podFailurePolicy',
          '/spec/successPolicy',
          '/spec/backoffLimitPerIndex',
          '/spec/managedBy',
        ],
      },
    ]);
    expect(specOf([job('c')])).not.toHaveProperty('ignoreDifferences');
    const existingSecret = { pg: 'pg-db', oauth: 'github-oauth', grafana: 'grafana-secret' };
    const { stream } = render({
      chart: 'devstats',
      values: [{ existingSecret }],
      application: { repoURL: 'https://git.example.com/ci.git' },
    });
    expect(stream.at(-1)?.object).toMatchObject({
      spec: {
        ignoreDifferences: expect.arrayContaining([expect.objectContaining({ group: 'batch', kind: 'Job', namespace: 'ci' })]),
        syncPolicy: { syncOptions: expect.arrayContaining(['RespectIgnoreDifferences=true']) },
      },
    });
  });

  it('goes with no other target', () => {
    expect(() => render({ target: 'kubectl', application: { repoURL: 'https://git.example.com/ci.git' } })).toThrow(
      'an Application is for the target argocd, not kubectl',
    );
  });
});
