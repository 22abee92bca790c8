// Secrets for pulling images, as the charts make them from image.credentials.
import type { Secret } from 'kubernetes-types/core/v1';
import { group, text, type Values } from '../../helm/schema';
import { isTrue, text as print } from '../../helm/print';
import { base64 } from '../../kubernetes/encode';

export const credentialsValues = group(
  {
    registry: text(undefined, 'Registry host the login is for, such as docker.io.'),
    username: text(undefined, 'User name of the login.', { secret: 'needed' }),
    password: text(undefined, 'Password or token of the login.', { secret: 'needed' }),
    existingSecret: text(undefined, 'Pull secret (kubernetes.io/dockerconfigjson) that exists already, in place of the login.'),
  },
  { doc: 'Login for pulling the image; a pull secret is made of it, or exists already.', nullable: true, allOrNone: true },
);

export type Credentials = Values<typeof credentialsValues>;

/** True when a pull secret is to be made: when any part of a login is given. */
export const hasCredentials = (credentials: Credentials): credentials is NonNullable<Credentials> =>
  credentials !== undefined &&
  !isTrue(credentials.existingSecret) &&
  [credentials.registry, credentials.username, credentials.password].some((value) => value !== undefined);

/** Name of the pull secret, the one that exists or the one that is made; undefined where there is none. */
export function pullSecretFor(credentials: Credentials, made: string): string | undefined {
  if (isTrue(credentials?.existingSecret)) return print(credentials?.existingSecret);
  return hasCredentials(credentials) ? made : undefined;
}

/** A `kubernetes.io/dockerconfigjson` Secret. */
export function registrySecret(
  metadata: Secret['metadata'] & { name: string },
  credentials: Omit<NonNullable<Credentials>, 'existingSecret'>,
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
