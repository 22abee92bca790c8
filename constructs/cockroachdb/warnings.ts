// What works as in the published chart, but hardly as meant.
import type { Warning } from '../../helm/check';
import { integer, isTrue, text } from '../../helm/print';
import { hasCredentials } from '../common/registry';
import { provisioningWarnings } from './provisioning';
import { isGiven } from './text';
import type { CockroachDbContext } from './values';

export const warnings = (context: CockroachDbContext): Warning[] => [
  ...certificateWarnings(context),
  ...clusterWarnings(context),
  ...provisioningWarnings(context),
];

function certificateWarnings({ values: { tls } }: CockroachDbContext): Warning[] {
  const { certManager, provided, selfSigner, useCertManagerV1CRDs } = tls.certs;
  const found: Warning[] = [];
  if (!tls.enabled) {
    if (selfSigner.enabled && selfSigner.rotateCerts) {
      found.push({
        path: 'tls.certs.selfSigner.rotateCerts',
        message: 'the CronJob that renews certificates is there without TLS too, and fails: its ServiceAccount is not; set it to false',
      });
    }
    return found;
  }
  if (provided && selfSigner.enabled) {
    found.push({
      path: 'tls.certs.provided',
      message: 'the pods use the certificates of the self-signer, not yours; set tls.certs.selfSigner.enabled to false',
    });
  }
  if (certManager && selfSigner.enabled) {
    found.push({
      path: 'tls.certs.certManager',
      message: 'the pods use the certificates of the self-signer, not those of cert-manager; set tls.certs.selfSigner.enabled to false',
    });
  }
  if (certManager && !useCertManagerV1CRDs) {
    found.push({
      path: 'tls.certs.useCertManagerV1CRDs',
      message: 'cert-manager 1.6 and later does not know cert-manager.io/v1alpha2; set it to true',
    });
  }
  if (hasCredentials(tls.selfSigner.image.credentials)) {
    found.push({
      path: 'tls.selfSigner.image.credentials',
      message: 'the Jobs do not use them: they name no pull secret, and the database pods name one that does not exist',
    });
  }
  return found;
}

function clusterWarnings({ values: { conf, ingress, init, statefulset } }: CockroachDbContext): Warning[] {
  const found: Warning[] = [];
  if (conf['single-node'] && integer(statefulset.replicas) > 1) {
    found.push({
      path: 'conf.single-node',
      message: `each of the ${integer(statefulset.replicas)} replicas is a database of its own; set statefulset.replicas to 1`,
    });
  }
  const rules = statefulset.podAntiAffinity;
  if (rules && !isTrue(rules.type) && ['type', 'topologyKey', 'weight'].some((key) => isGiven(rules[key as keyof typeof rules]))) {
    found.push({
      path: 'statefulset.podAntiAffinity',
      message:
        'without a type the whole map is passed on, topologyKey and weight too, which a strict API server ' +
        'refuses; set type, topologyKey and weight to null',
    });
  }
  if (ingress.enabled && !isTrue(ingress.paths)) {
    found.push({
      path: 'ingress.paths',
      message: 'an Ingress without paths is printed all the same, and an API server refuses it; give one, such as /',
    });
  }
  const spread = statefulset.topologySpreadConstraints;
  if (!isTrue(spread?.maxSkew) || !isTrue(spread?.topologyKey) || !isTrue(spread?.whenUnsatisfiable)) {
    found.push({
      path: 'statefulset.topologySpreadConstraints',
      message: 'a constraint without maxSkew, topologyKey and whenUnsatisfiable is printed all the same, and an API server refuses it',
    });
  }
  for (const user of init.provisioning.enabled ? (init.provisioning.users ?? []) : []) {
    if (isTrue(user.password) && !/^\w+$/.test(text(user.name))) {
      found.push({
        path: 'init.provisioning.users',
        message:
          `the password of "${text(user.name)}" is lost: the shell reads a variable of that name, which ` +
          `may hold letters, digits and _ only`,
      });
    }
  }
  return found;
}
