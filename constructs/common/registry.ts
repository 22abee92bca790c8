// Secrets for pulling images, as the charts make them from image.credentials.
import type { Secret } from 'kubernetes-types/core/v1';
import { group, text, type Values } from '../../helm/schema';
import { text as print } from '../../helm/print';
import { base64 } from '../../kubernetes/encode';

export const credentialsValues = group(
  {
    registry: text(undefined, 'Registry host the login is for, such as docker.io.'),
    username: text(undefined, 'User name of the login.', { secret: 'needed' }),
    password: text(undefined, 'Password or token of the login.', { secret: 'needed' }),
  },
  { doc: 'Login for pulling the image; a pull secret is made of it.', nullable: true, allOrNone: true },
);

export type Credentials = Values<typeof credentialsValues>;

/** True when any part of a login is given. */
export const hasCredentials = (credentials: Credentials): credentials is NonNullable<Credentials> =>
  credentials !== undefined && Object.values(credentials).some((value) => value !== undefined);

/** A `kubernetes.io/dockerconfigjson` Secret. */
export function registrySecret(
  metadata: Secret['metadata'] & { name: string },
  credentials: NonNullable<Credentials>,
): Secret & { apiVersion: 'v1'; kind: 'Secret'; metadata: { name: string } } {
  const auth = base64(`${print(credentials.username)}:${print(credentials.password)}`);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata,
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': base64(JSON.stringify({ auths: { [print(credentials.registry)]: { auth } } })) },
  };
}
