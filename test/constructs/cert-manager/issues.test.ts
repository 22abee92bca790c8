// What is refused, each with its path and the mend; and what works with a warning.
import type { CertManagerValues } from '../../../constructs/cert-manager/values';
import { ValuesError } from '../../../helm/check';
import { synth } from './synth';

describe('values that are refused', () => {
  it.each<[string, CertManagerValues, string, RegExp]>([
    [
      'the custom resource definitions',
      { installCRDs: true },
      'installCRDs',
      /installed apart: leave this false and run kubectl apply -f https:\/\/github\.com\/jetstack\/cert-manager\/releases\/download\/v1\.5\.3\/cert-manager\.crds\.yaml/,
    ],
    ['a number for a name', { nameOverride: 5 }, 'nameOverride', /must be text, not the number 5: put it in quotes/],
    ['a flag for a name', { fullnameOverride: true }, 'fullnameOverride', /must be text, not the flag true/],
    ['a number for the creator', { creator: 5 }, 'creator', /must be text, not the number 5/],
    ['no values for all', { global: null }, 'global', /must not be null/],
    ['no security context', { securityContext: null }, 'securityContext', /must not be null/],
    ['no image', { image: null }, 'image', /must not be null.*leave the key out/],
    ['no image of the webhook', { webhook: { image: null } }, 'webhook.image', /must not be null/],
    ['no account of the CA injector', { cainjector: { serviceAccount: null } }, 'cainjector.serviceAccount', /must not be null/],
    ['no annotations group', { startupapicheck: { rbac: null } }, 'startupapicheck.rbac', /must not be null/],
    ['no leader election with roles', { global: { leaderElection: null } }, 'global.leaderElection', /must not be null/],
    ['no monitor with metrics', { prometheus: { servicemonitor: null } }, 'prometheus.servicemonitor', /must not be null/],
    [
      'a key that is not there',
      { webhook: { replicas: 2 } } as CertManagerValues,
      'webhook.replicas',
      /unknown key "replicas".*replicaCount/,
    ],
    ['a flag as text', { cainjector: { enabled: 'false' as never } }, 'cainjector.enabled', /must be true or false/],
  ])('%s', (_what, values, path, message) => {
    expect(() => synth(values)).toThrow(ValuesError);
    expect(() => synth(values)).toThrow(new RegExp(`^${path}: .*${message.source}`));
  });

  it.each(['helm.sh/hook', 'helm.sh/hook-weight', 'helm.sh/hook-delete-policy'])('%s that is a map or a list', (key) => {
    for (const value of [{ a: 'b' }, ['a']])
      for (const values of [{ jobAnnotations: { [key]: value } }, { rbac: { annotations: { [key]: value } } }])
        expect(() => synth({ startupapicheck: values })).toThrow(
          new RegExp(`annotations "${key}" of \\w+/.*: must be text|"${key}".*must be text`),
        );
  });

  it("keeps the chart's own global where the release hands down what does not fit, as Helm does", () => {
    expect(synth({}, 'estafette-ci', { rbac: null, priorityClassName: { a: 'b' } }).ids).toEqual(synth().ids);
  });

  it('are told all at once', () => {
    expect(() => synth({ nameOverride: 5, installCRDs: true })).toThrow(/nameOverride.*\ninstallCRDs/s);
  });
});

describe('values that are warned of', () => {
  it('PodSecurityPolicies, of which none is made', () => {
    const { ids, warnings } = synth({ global: { podSecurityPolicy: { enabled: true } } });
    expect(warnings).toEqual([expect.stringMatching(/^global\.podSecurityPolicy\.enabled: .*since 1\.25; use Pod Security admission/)]);
    expect(ids.filter((id) => /psp|PodSecurityPolicy/i.test(id))).toEqual([]);
  });

  it.each([['after-install'], [''], ['post-install,never']])('the hook "%s", for which Helm leaves the object out', (hook) => {
    const { ids, warnings } = synth({ startupapicheck: { jobAnnotations: { 'helm.sh/hook': hook } } });
    expect(ids).not.toContainEqual(expect.stringMatching(/^Job/));
    expect(warnings).toEqual([
      expect.stringMatching(/^startupapicheck\.jobAnnotations\.helm\.sh\/hook: .*left out.*use pre-install, post-install/),
    ]);
  });

  it('a delete policy that Helm does not know', () => {
    const { lifecycle, warnings } = synth({
      startupapicheck: { jobAnnotations: { 'helm.sh/hook-delete-policy': 'hook-succeeded, later' } },
    });
    expect(lifecycle['Job estafette-ci-cert-manager-startupapicheck']).toMatchObject({ hook: { deletePolicy: ['hook-succeeded'] } });
    expect(warnings).toEqual([expect.stringMatching(/later has no effect; use before-hook-creation/)]);
  });
});

describe('hooks of the startup check', () => {
  it('may make it a test, which only Helm runs', () => {
    const { ids } = synth({ startupapicheck: { jobAnnotations: { 'helm.sh/hook': 'test-success' } } });
    expect(ids).not.toContainEqual(expect.stringMatching(/^Job/));
  });

  it('are none when the annotations are taken away', () => {
    const { lifecycle } = synth({ startupapicheck: { jobAnnotations: null } });
    expect(lifecycle['Job estafette-ci-cert-manager-startupapicheck']).toEqual({ stage: 'admission' });
  });

  it('weigh nothing when the weight is not a number', () => {
    const { lifecycle } = synth({ startupapicheck: { jobAnnotations: { 'helm.sh/hook-weight': 'heavy' } } });
    expect(lifecycle['Job estafette-ci-cert-manager-startupapicheck']).toMatchObject({ hook: { weight: 0 } });
  });
});
