// Values of a whole release that say where its secrets are.
import type { Issue } from '../../helm/check';
import { isTrue } from '../../helm/print';
import { mergeValues } from '../../helm/merge';
import { isTable } from '../../helm/yaml/values';
import { defaultsOf, group, text, type Values } from '../../helm/schema';

export const SECRET_MODES = ['inline', 'omit', 'externalSecrets'] as const;
export type SecretMode = (typeof SECRET_MODES)[number];

/** What the values of a release say, before they are checked. */
export function secretModeOf({ secrets }: Readonly<Record<string, unknown>>): SecretMode {
  const mode = isTable(secrets) ? secrets['mode'] : undefined;
  return mode === 'omit' || mode === 'externalSecrets' ? mode : 'inline';
}

export const secretsValues = group(
  {
    mode: text(
      'inline',
      'Where secrets are: in the Secrets that are printed (inline); in Secrets that exist already, of which stderr tells names and ' +
        'keys (omit); or in a store that the External Secrets Operator reads (externalSecrets).',
      { choices: SECRET_MODES },
    ),
    externalSecrets: group(
      {
        store: group(
          {
            name: text(undefined, 'Name of the store. Needed with the mode externalSecrets.'),
            kind: text('SecretStore', 'Its kind: SecretStore is one of the same namespace.', {
              choices: ['SecretStore', 'ClusterSecretStore'],
            }),
          },
          { doc: 'The store that the operator reads from.' },
        ),
        keyPrefix: text('', "Stands in the store in front of each Secret's name, such as teams/ci/."),
        refreshInterval: text('1h', 'How often the operator reads the store again; 0 for once.'),
      },
      { doc: 'The ExternalSecrets that the mode externalSecrets prints, one for each Secret.' },
    ),
  },
  { doc: 'Where the secrets of the release are.' },
);

export type SecretSettings = Values<typeof secretsValues>;

/** @param given what a user wrote below `secrets` */
export const secretSettings = (given: unknown): SecretSettings =>
  mergeValues([
    defaultsOf(secretsValues, { release: '', namespace: '' }),
    (given ?? {}) as Record<string, unknown>,
  ]) as unknown as SecretSettings;

const DURATION = /^(0|(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+)$/;

export function secretModeIssues({ values: { secrets } }: { readonly values: { readonly secrets: SecretSettings } }): Issue[] {
  if (secrets.mode !== 'externalSecrets') return [];
  const { store, refreshInterval } = secrets.externalSecrets;
  const at = (...path: Issue['path']): Issue['path'] => ['secrets', 'externalSecrets', ...path];
  return [
    ...(isTrue(store.name)
      ? []
      : [
          { path: at('store', 'name'), message: 'is needed with secrets.mode externalSecrets: name the SecretStore or ClusterSecretStore' },
        ]),
    ...(DURATION.test(String(refreshInterval))
      ? []
      : [{ path: at('refreshInterval'), message: 'must be a time such as 1h or 30m, or 0 for once' }]),
  ];
}
