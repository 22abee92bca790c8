// Objects that most of Estafette's components have: account and pull secret; image and name of the pull secret.
import type { ServiceAccount } from 'kubernetes-types/core/v1';
import { text } from '../../../helm/print';
import type { Table, Values } from '../../../helm/schema';
import { annotations } from '../../common/metadata';
import { hasCredentials, pullSecretFor, registrySecret } from '../../common/registry';
import { fullNameOf, labelsOf, serviceAccountNameOf, textOr, type Named } from './identity';
import type { imageValues } from './values';

/** A component with an image of its own. */
export interface Imaged extends Named {
  readonly values: Named['values'] & { readonly image: Values<ReturnType<typeof imageValues>> };
}

export const imageOf = ({ chart, values: { image } }: Imaged): string => `${text(image.repository)}:${textOr(image.tag, chart.version)}`;

/** Pull secret of the image's credentials. */
export const pullSecret = (named: Imaged) => {
  const { credentials } = named.values.image;
  return hasCredentials(credentials)
    ? registrySecret({ name: madePullSecretName(named), labels: labelsOf(named) }, credentials)
    : undefined;
};

const madePullSecretName = (named: Imaged): string => `${fullNameOf(named)}.registry`;

/** Name of the image's pull secret, made or given, where there is one. */
export const pullSecretName = (named: Imaged): string | undefined =>
  pullSecretFor(named.values.image.credentials, madePullSecretName(named));

export interface WithServiceAccount extends Named {
  readonly values: Named['values'] & {
    readonly serviceAccount: NonNullable<Named['values']['serviceAccount']> & { readonly annotations?: Table };
  };
}

export const serviceAccount = (named: WithServiceAccount) =>
  named.values.serviceAccount.create
    ? ({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: serviceAccountNameOf(named), labels: labelsOf(named), ...annotations(named.values.serviceAccount.annotations) },
      } satisfies ServiceAccount)
    : undefined;
