// Which login a build takes to which registry.
import type { Config } from '../config';
import { hostOfReference, loginOf, loginOfUrl, plainHost, type RegistryLogin, type RegistryLogins } from '../registry/login';
import { targetOf, type Payload } from '../state/payload';

type Operators = Pick<Config, 'EXTRA_DOCKER_REGISTRY_CONFIG'>;

/** For the push. */
export function targetLogin({ gm_registry_auth }: Payload): RegistryLogin | undefined {
  return loginOf(gm_registry_auth);
}

/** `docker_login`, as the payload has it. */
function givenLogin({ docker_login: username, docker_password: password }: Payload): RegistryLogin | undefined {
  return username ? { username, password: password ?? '' } : undefined;
}

/** For base images: the operator's, the payload's for docker_registry, and the one of the target. */
export function buildLogins(operators: Operators, payload: Payload): RegistryLogins {
  const given = givenLogin(payload);
  const target = targetLogin(payload);
  const extra = Object.entries(operators.EXTRA_DOCKER_REGISTRY_CONFIG).map(([host, auth]) => [host, loginOf(auth)] as const);
  return withoutEmpty([
    ...extra,
    [payload.docker_registry ? hostOfReference(payload.docker_registry) : 'docker.io', given],
    [target?.serveraddress === undefined ? '' : plainHost(target.serveraddress), target],
    [targetOf(payload).host, target],
  ]);
}

function withoutEmpty(logins: readonly (readonly [string, RegistryLogin | undefined])[]): RegistryLogins {
  const found = new Map<string, RegistryLogin>();
  for (const [host, login] of logins) {
    if (host === '' || login === undefined) continue;
    // One registry under two spellings would leave it to chance which one is taken.
    for (const name of found.keys()) if (plainHost(name) === plainHost(host)) found.delete(name);
    found.set(host, login);
  }
  return Object.fromEntries(found);
}

/** Whether `docker://` sources lie in the registry that the image goes to. */
export function isOwnRegistry(payload: Payload, source: URL): boolean {
  return plainHost(source.host) === plainHost(targetOf(payload).host);
}

/**
 * For `docker://` sources: docker_login, the URL's, the target's where it is the same registry, the operator's.
 * A client that takes docker_login from the URL sends it as it stands there, percent-encoded: then the URL is read.
 */
export function pullLogin(operators: Operators, payload: Payload, source: URL): RegistryLogin | undefined {
  const given = givenLogin(payload);
  const copied = given?.username === source.username && given.password === source.password;
  const operator = Object.entries(operators.EXTRA_DOCKER_REGISTRY_CONFIG).find(([host]) => plainHost(host) === plainHost(source.host));
  return (
    (copied ? undefined : given) ??
    loginOfUrl(source) ??
    (isOwnRegistry(payload, source) ? targetLogin(payload) : undefined) ??
    loginOf(operator?.[1])
  );
}
