// Pull secrets for the two images, and how pods name them.
import type { LocalObjectReference } from 'kubernetes-types/core/v1';
import { hasCredentials, pullSecretFor, registrySecret, type Credentials } from '../common/registry';
import { fullNameOf, labelsOf } from './names';
import type { CockroachDbContext } from './values';

const imageSecret = (context: CockroachDbContext, name: string, credentials: Credentials) =>
  hasCredentials(credentials)
    ? [registrySecret({ name: `${fullNameOf(context)}.${name}.registry`, labels: labelsOf(context) }, credentials)]
    : [];

export function registrySecrets(context: CockroachDbContext) {
  const { image, tls } = context.values;
  return [
    ...imageSecret(context, 'db', image.credentials),
    ...(tls.enabled ? imageSecret(context, 'init-certs', tls.selfSigner.image.credentials) : []),
  ];
}

/** Pull secret of the database's image. */
export const databasePullSecrets = (context: CockroachDbContext): LocalObjectReference[] =>
  named(pullSecretFor(context.values.image.credentials, `${fullNameOf(context)}.db.registry`));

const named = (name: string | undefined): LocalObjectReference[] => (name === undefined ? [] : [{ name }]);

/** Pull secrets of the database's pods. The second name is the chart's, though no Secret is called so; see the warnings. */
export function podPullSecrets(context: CockroachDbContext): LocalObjectReference[] {
  const { certs, enabled, selfSigner } = context.values.tls;
  const isSigned = enabled && !certs.provided && !certs.certManager;
  return [
    ...databasePullSecrets(context),
    ...named(isSigned ? pullSecretFor(selfSigner.image.credentials, `${fullNameOf(context)}.self-signed-certs.registry`) : undefined),
  ];
}
