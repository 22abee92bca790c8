// Values without which DevStats is refused, for runs in which no real ones matter.

/** Texts by the name of their value. */
export const DEVSTATS_SECRETS: Readonly<Record<string, string>> = {
  pgAdminUser: 'secret',
  pgHost: 'secret',
  pgHostRO: 'secret',
  pgPass: 'secret',
  pgPassRO: 'secret',
  pgPassTeam: 'secret',
  pgPassRep: 'secret',
  githubOAuth: 'secret',
  grafanaUser: 'secret',
  grafanaPassword: 'secret',
  pgPort: '5432',
};
