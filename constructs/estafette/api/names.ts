// Names of the API server's objects that more than one of them mentions.
import { textOr, fullNameOf, jobNamespaceOf, type Named } from '../common/identity';
import type { ApiContext } from './values';

export const jobNamespace = ({ release, values }: ApiContext): string => jobNamespaceOf(release, values.jobNamespaceOverride);

/** Secret with the two keys. */
export const keysSecretName = (context: ApiContext): string => textOr(context.values.secret.existingSecret, fullNameOf(context));

/** Secret that the release itself makes, or has cert-manager make, for its certificate. */
export const ownTlsSecretName = (context: Named): string => `${fullNameOf(context)}.tls`;

/** Secret with the certificate of the hosts. */
export const tlsSecretName = (context: ApiContext): string => textOr(context.values.tls.existingSecret, ownTlsSecretName(context));
