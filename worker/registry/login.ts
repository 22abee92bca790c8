// Logins for registries: as operators write them in Docker's configuration, as clients of buildshuttle send them.
import { z } from 'zod';

const text = z.union([z.string(), z.number().transform(String)]).nullish();

/** What Docker's configuration has for a registry; operators write more or less of it. */
export const registryAuth = z.object({
  username: text,
  password: text,
  email: text,
  serveraddress: text,
  identitytoken: text,
  auth: text.describe('username:password in base64'),
});

export type RegistryAuth = z.infer<typeof registryAuth>;

export interface RegistryLogin {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** A refresh token, in place of the password. */
  readonly identitytoken?: string | undefined;
  readonly email?: string | undefined;
  readonly serveraddress?: string | undefined;
}

/** Logins by registry host, `docker.io` for Docker's own. */
export type RegistryLogins = Readonly<Record<string, RegistryLogin>>;

/** A registry's host without scheme and path; Docker Hub, which goes by several names, as `docker.io`. */
export function plainHost(name: string): string {
  const bare =
    name
      .replace(/^https?:\/\//i, '')
      .split('/')[0]
      ?.toLowerCase() ?? '';
  return ['index.docker.io', 'registry-1.docker.io', 'registry.docker.io'].includes(bare) ? 'docker.io' : bare;
}

/** The registry of a reference such as `host:5000/org/image:tag`; what does not begin with a host is on Docker Hub. */
export function hostOfReference(reference: string): string {
  const [first = ''] = reference.replace(/^[a-z]+:\/\//i, '').split('/');
  return /[.:]/.test(first) || first === 'localhost' ? plainHost(first) : 'docker.io';
}

export function loginFor(logins: RegistryLogins, host: string): RegistryLogin | undefined {
  const found = Object.entries(logins).find(([name]) => plainHost(name) === plainHost(host));
  return found?.[1];
}

/** `undefined` where nobody logs in: nothing, or a name that is empty. */
export function loginOf(auth: RegistryAuth | null | undefined): RegistryLogin | undefined {
  if (auth === null || auth === undefined) return undefined;
  const known = Object.entries(auth).filter(([, value]) => value !== null && value !== undefined && value !== '');
  const { auth: encoded, ...login } = Object.fromEntries(known) as Partial<Record<keyof RegistryAuth, string>>;
  if (login.username !== undefined || login.identitytoken !== undefined) return login;
  const [, username, password] = /^([^:]+):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString('utf8')) ?? [];
  return username === undefined ? undefined : { ...login, username, password };
}

/** Percent-encoding undone where it is one: a `%` that a person wrote stays. */
export function percentDecoded(value: string): string {
  return value.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}

/** The login in a URL. */
export function loginOfUrl({ username, password }: Pick<URL, 'username' | 'password'>): RegistryLogin | undefined {
  return username === '' ? undefined : { username: percentDecoded(username), password: percentDecoded(password) };
}
