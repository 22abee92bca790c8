// cert-manager's parts switched off, its names, rights and security context, and values of the umbrella chart.
import { synth } from './synth';

describe('parts that are switched off', () => {
  it('are not made', () => {
    const { ids } = synth({
      cainjector: { enabled: false },
      startupapicheck: { enabled: false },
      prometheus: { enabled: false },
      global: { rbac: { create: false } },
    });
    expect(ids.toSorted()).toEqual([
      'Deployment estafette-ci-cert-manager',
      'Deployment estafette-ci-cert-manager-webhook',
      'MutatingWebhookConfiguration estafette-ci-cert-manager-webhook',
      'Service estafette-ci-cert-manager-webhook',
      'ServiceAccount estafette-ci-cert-manager',
      'ServiceAccount estafette-ci-cert-manager-webhook',
      'ValidatingWebhookConfiguration estafette-ci-cert-manager-webhook',
    ]);
  });

  it('take their accounts with them, and leave the default one', () => {
    const off = { serviceAccount: { create: false } };
    const { find, ids } = synth({
      ...off,
      webhook: off,
      cainjector: off,
      startupapicheck: { serviceAccount: { create: false, name: 'mine' } },
    });
    expect(ids.filter((id) => id.startsWith('ServiceAccount'))).toEqual([]);
    expect(find('ClusterRoleBinding', 'controller-issuers').subjects?.[0]?.name).toBe('default');
    expect(find('RoleBinding', 'create-cert').subjects?.[0]?.name).toBe('mine');
  });

  it('read nothing of groups that are null', () => {
    const { args } = synth({
      global: { rbac: { create: false }, leaderElection: null },
      prometheus: { enabled: false, servicemonitor: null },
      ingressShim: null,
      cainjector: { enabled: false, image: null, serviceAccount: null },
      startupapicheck: { enabled: false, image: null, rbac: null, serviceAccount: null },
    });
    expect(args('cert-manager')).toEqual(['--v=2', '--cluster-resource-namespace=$(POD_NAMESPACE)']);
  });
});

describe('names', () => {
  it("are cut so that each program's own name stays", () => {
    const { ids } = synth({ fullnameOverride: 'a'.repeat(70) });
    expect(ids).toEqual(
      expect.arrayContaining([
        `Deployment ${'a'.repeat(63)}`,
        `Deployment ${'a'.repeat(55)}-webhook`,
        `Deployment ${'a'.repeat(52)}-cainjector`,
        `Job ${'a'.repeat(52)}-startupapi`,
      ]),
    );
  });

  it('do not repeat the release that is named after the chart', () => {
    expect(synth({}, 'cert-manager').ids).toContain('Deployment cert-manager');
  });
});

describe('the security context of the controller', () => {
  const context = (securityContext: Record<string, unknown>) =>
    synth({ securityContext }).find('Deployment', 'cert-manager').spec?.template?.spec.securityContext;

  it('is passed on as it is', () => {
    expect(context({ seccompProfile: { type: 'RuntimeDefault' }, fsGroup: null })).toEqual({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  it('has two fields in its old form', () => {
    expect(context({ enabled: true })).toEqual({ fsGroup: 1001, runAsUser: 1001 });
    expect(context({ enabled: true, fsGroup: 5, runAsUser: '6', supplementalGroups: [7] })).toEqual({ fsGroup: 5, runAsUser: 6 });
  });

  it('is left out when the old form is off', () => {
    expect(context({ enabled: false, fsGroup: 5 })).toBeUndefined();
  });
});

describe('roles', () => {
  const { find, ids } = synth();

  it('bind every role but those for people', () => {
    const unbound = ids.filter((id) => /^(Cluster)?Role /.test(id) && !ids.includes(id.replace('Role ', 'RoleBinding ')));
    expect(unbound).toEqual(['ClusterRole estafette-ci-cert-manager-view', 'ClusterRole estafette-ci-cert-manager-edit']);
    expect(find('ClusterRole', '-view').metadata.labels).toMatchObject({
      'rbac.authorization.k8s.io/aggregate-to-view': 'true',
      'rbac.authorization.k8s.io/aggregate-to-admin': 'true',
    });
    expect(find('ClusterRole', '-edit').metadata.labels).not.toHaveProperty(['rbac.authorization.k8s.io/aggregate-to-view']);
  });

  it('let the webhook change its own CA and no other Secret', () => {
    expect(find('Role', 'webhook:dynamic-serving').rules).toEqual([
      {
        apiGroups: [''],
        resources: ['secrets'],
        resourceNames: ['estafette-ci-cert-manager-webhook-ca'],
        verbs: ['get', 'list', 'watch', 'update'],
      },
      { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
    ]);
  });

  it('let nobody but three controllers write Secrets', () => {
    const { objects } = synth();
    const writers = objects.filter(
      ({ kind, rules }) =>
        kind === 'ClusterRole' && rules?.some(({ resources, verbs }) => resources.includes('secrets') && verbs.includes('update')),
    );
    expect(writers.map(({ metadata }) => metadata.name.replace('estafette-ci-cert-manager-controller-', '')).toSorted()).toEqual([
      'certificates',
      'clusterissuers',
      'issuers',
    ]);
  });
});

describe('values of the umbrella chart', () => {
  it('reach it through global', () => {
    const { args, find } = synth({}, 'estafette-ci', { logLevel: 5, priorityClassName: 'high' });
    expect(args('webhook')?.[0]).toBe('--v=5');
    expect(find('Deployment', 'webhook')).toMatchObject({ spec: { template: { spec: { priorityClassName: 'high' } } } });
  });
});
