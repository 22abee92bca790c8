// Which values of a build must not be read in its log: what it is configured with, and every password it came with.
import type { Payload } from '../state/payload';

function passwordOf(address: string | null | undefined): string[] {
  if (address === null || address === undefined || address.startsWith('data:') || !URL.canParse(address)) return [];
  const { password } = new URL(address);
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

/**
 * Build args are an app's configuration, passwords among them, and builders print commands with them filled in. Not secret is what the
 * build is
 * called by, in its status and on the page, although clients send it as build args too: commit, branch, repository, app, space.
 */
export function secretValues(payload: Payload, operatorArgs: Readonly<Record<string, string>>): Set<string> {
  const { build_args, build_secrets, gm_registry_auth, docker_password, callback_auth, sources, callback } = payload;
  const values = new Set<string>();
  for (const value of [...Object.values(build_args ?? {}), ...Object.values(operatorArgs)]) values.add(String(value));
  for (const name of [
    payload.sha,
    payload.branch,
    payload.repo,
    payload.org,
    payload.app,
    payload.space,
    payload.app_uuid,
    payload.build_uuid,
  ])
    values.delete(String(name));
  const passwords = [...Object.values(build_secrets ?? {}), gm_registry_auth?.password, docker_password, callback_auth];
  for (const password of [...passwords, ...passwordOf(sources), ...passwordOf(callback)])
    if (password !== undefined && password !== null) values.add(password);
  return values;
}
