// Who may talk to an API server of the tests, and how they find it.
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

export interface Account {
  readonly token: string;
  readonly user: string;
  readonly groups: readonly string[];
}

export const account = (user: string, ...groups: string[]): Account => ({ token: randomBytes(16).toString('hex'), user, groups });

/** The file that --token-auth-file reads. */
export function writeTokens(file: string, accounts: readonly Account[]): void {
  writeFileSync(file, accounts.map(({ token, user, groups }) => `${token},${user},${user},"${groups.join(',')}"\n`).join(''), {
    mode: 0o600,
  });
}

/** @param authority the certificate file that the server shows */
export function writeKubeconfig(file: string, server: string, authority: string, { token, user }: Account): void {
  // JSON is YAML too.
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': readFileSync(authority).toString('base64') } }],
      users: [{ name: user, user: { token } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user } }],
      'current-context': 'test',
    }),
    { mode: 0o600 },
  );
}
