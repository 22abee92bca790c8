// Extra Secrets, ConfigMaps, containers and volumes that values add to a component.
import type { ConfigMap, Secret, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import { ValuesError, type Issue } from '../../../helm/check';
import { isTrue, text } from '../../../helm/print';
import type { Values } from '../../../helm/schema';
import { base64 } from '../../../kubernetes/encode';
import { annotations } from '../../common/metadata';
import { isNil, type Path, textOnly } from '../../common/checks';
import { listOf } from '../../common/lists';
import { yamlText } from './yaml-text';
import { fullNameOf, labelsOf, type Named } from './identity';
import type { extraConfigmapsValues, extraSecretsValues } from './values';

export interface Extras {
  readonly extraSecrets: Values<typeof extraSecretsValues>;
  readonly extraConfigmaps: Values<typeof extraConfigmapsValues>;
}

export const extrasIssues = ({ extraSecrets, extraConfigmaps }: Extras): Issue[] => [
  ...repeatedKeys(extraSecrets, 'extraSecrets'),
  ...repeatedKeys(extraConfigmaps, 'extraConfigmaps'),
  ...listOf(extraConfigmaps).flatMap(({ data }, index) => textOnly(data, 'extraConfigmaps', index, 'data')),
];

function repeatedKeys(extras: readonly { readonly key?: unknown }[] | undefined, path: string): Issue[] {
  const keys = listOf(extras).map(({ key }) => text(key));
  return keys.flatMap((key, index): Issue[] =>
    keys.indexOf(key) < index ? [{ path: [path, index, 'key'], message: `"${key}" is used twice: give each its own name` }] : [],
  );
}

/** Mounts of the extras, in the chart's order: ConfigMaps, Secrets. */
export const extraMounts = ({ extraConfigmaps, extraSecrets }: Extras): VolumeMount[] => [
  ...mounted(extraConfigmaps).map(({ key, mountPath }) => ({ name: `configs-${text(key)}`, mountPath: text(mountPath) })),
  ...mounted(extraSecrets).map(({ key, mountPath }) => ({ name: `secrets-${text(key)}`, mountPath: text(mountPath) })),
];

/** Volumes behind those mounts. */
export const extraVolumes = (fullName: string, { extraConfigmaps, extraSecrets }: Extras): Volume[] => [
  ...mounted(extraConfigmaps).map(({ key }) => ({ name: `configs-${text(key)}`, configMap: { name: `${fullName}.${text(key)}` } })),
  ...mounted(extraSecrets).map(({ existingSecret, key }) => ({
    name: `secrets-${text(key)}`,
    secret: { secretName: isTrue(existingSecret) ? text(existingSecret) : `${fullName}.${text(key)}` },
  })),
];

const mounted = <T extends { readonly mountPath?: unknown }>(extras: readonly T[] | undefined): T[] =>
  listOf(extras).filter(({ mountPath }) => isTrue(mountPath));

/** The Secrets themselves. Data is encoded unless `b64encoded` says that it is already. */
export const extraSecretObjects = (named: Named, { extraSecrets }: Extras) =>
  listOf(extraSecrets)
    .filter(({ existingSecret }) => !isTrue(existingSecret))
    .map(
      (extra) =>
        ({
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: `${fullNameOf(named)}.${text(extra.key)}`, labels: labelsOf(named), ...annotations(extra.annotations) },
          ...(isTrue(extra.data) ? { data: secretData(extra.data ?? {}, extra.b64encoded === true) } : {}),
        }) satisfies Secret,
    );

const secretData = (data: Readonly<Record<string, unknown>>, isEncoded: boolean): Record<string, string> =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, isEncoded ? text(value) : base64(goText(value))]));

/** The ConfigMaps themselves; their data is YAML text. */
export const extraConfigmapObjects = (named: Named, { extraConfigmaps }: Extras) =>
  listOf(extraConfigmaps).map(
    (extra, index) =>
      ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: `${fullNameOf(named)}.${text(extra.key)}`, labels: labelsOf(named), ...annotations(extra.annotations) },
        ...configData(extra.data, 'extraConfigmaps', index, 'data'),
      }) satisfies ConfigMap,
  );

function configData(value: unknown, ...path: Path): { data?: Record<string, string> } {
  const read = yamlText(value, ...path);
  if (isNil(read)) return {};
  if (typeof read !== 'object' || Array.isArray(read))
    throw new ValuesError([{ path, message: 'must be YAML text that maps file names to contents, such as "settings.json: |"' }]);
  const nested = Object.entries(read).find(([, item]) => typeof item === 'object' && !isNil(item));
  if (nested)
    throw new ValuesError([
      {
        path,
        message: `the content of "${nested[0]}" must be text, not a ${Array.isArray(nested[1]) ? 'list' : 'map'}: put "|" after its name`,
      },
    ]);
  return { data: Object.fromEntries(Object.entries(read).map(([key, item]) => [key, text(item)])) };
}

/** `toString`: nil prints as Go prints it. */
export const goText = (value: unknown): string => (isNil(value) ? '<nil>' : text(value));

/** Text of a literal block (`|`) that the chart fills: one newline at its end, whatever the value has. */
export function blockText(value: unknown): string {
  const content = text(value).replace(/\n+$/, '');
  return content === '' ? '' : `${content}\n`;
}
