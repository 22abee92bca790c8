// What `global` says of images, done to every pod of a release: its images come from a mirror, and it shows one login.
import { podSpecOf, withContainers, withPodSpec } from '../../kubernetes/pods';
import { mirrored } from '../../kubernetes/images';
import { keyOf, type KubeObject } from '../../kubernetes/object';
import type { Entry } from '../common/entry';
import type { ImageSettings } from '../common/global';
import { registrySecret } from '../common/registry';
import type { Lifecycle } from '../common/stages';

type Plain = Readonly<Record<string, unknown>>;
interface Named {
  readonly name?: unknown;
}

/** Programs that start pods of their own are told their image so: `--acme-http01-solver-image=IMAGE`. */
const IMAGE_FLAG = /^(--[a-z0-9-]+-image=)(.+)$/;

/** Images of all containers, and those that arguments name, under the same name in the mirror. */
export function fromMirror(entries: readonly Entry[], { mirror }: ImageSettings): readonly Entry[] {
  if (mirror === undefined) return entries;
  const args = (list: unknown): unknown =>
    Array.isArray(list)
      ? list.map((item: unknown) =>
          typeof item === 'string' ? item.replace(IMAGE_FLAG, (_, flag: string, image: string) => flag + mirrored(image, mirror)) : item,
        )
      : list;
  const moved = (container: Plain): Plain => ({
    ...container,
    ...(typeof container['image'] === 'string' ? { image: mirrored(container['image'], mirror) } : {}),
    ...('args' in container ? { args: args(container['args']) } : {}),
  });
  return entries.map((entry) => ({ ...entry, object: withPodSpec(entry.object, (spec) => withContainers(spec, moved)) }));
}

/** Pods of the release name the pull secret; one that is made stands in each namespace where they run. */
export function withPullSecret(entries: readonly Entry[], settings: ImageSettings, release: string): readonly Entry[] {
  const { login, existingSecret } = settings;
  const name = existingSecret ?? (login && pullSecretName(release));
  if (name === undefined) return entries;
  const accounts = new Map(entries.filter(({ object }) => object.kind === 'ServiceAccount').map(({ object }) => [placeOf(object), object]));
  const used = new Set(
    entries.flatMap(({ object }) => {
      const spec = podSpecOf(object);
      return spec ? [accountOf(object, spec)] : [];
    }),
  );
  const named = entries.map((entry): Entry => {
    const { object } = entry;
    // Programs start pods with the account, such as those of builds: no other pod of the release tells of them.
    if (object.kind === 'ServiceAccount') return used.has(placeOf(object)) ? entry : { ...entry, object: naming(object, name) };
    return {
      ...entry,
      object: withPodSpec(object, (spec) => {
        // A server gives a pod the pull secrets of its account only while it names none itself.
        const account: Plain | undefined = accounts.get(accountOf(object, spec)) as Plain | undefined;
        const inherited = listOf(spec['imagePullSecrets']).length ? [] : listOf(account?.['imagePullSecrets']);
        return naming({ ...spec, imagePullSecrets: [...listOf(spec['imagePullSecrets']), ...inherited] }, name);
      }),
    };
  });
  return login ? [...secrets(named, login, name), ...named] : named;
}

/** Name of the pull secret that is made of the login. */
export const pullSecretName = (release: string): string => `${release}.registry`;

const placeOf = ({ metadata: { name, namespace = '' } }: KubeObject): string => `${namespace}/${name}`;
const accountOf = ({ metadata: { namespace = '' } }: KubeObject, spec: Plain): string =>
  `${namespace}/${String(spec['serviceAccountName'] ?? 'default')}`;
const listOf = (value: unknown): readonly Named[] => (Array.isArray(value) ? (value as Named[]) : []);

/** A pod spec or an account that names the pull secret, in front of others. */
function naming<T extends object>(holder: T & { readonly imagePullSecrets?: unknown }, name: string): T {
  const others = listOf(holder.imagePullSecrets).filter((item) => item.name !== name);
  return { ...holder, imagePullSecrets: [{ name }, ...others] };
}

function secrets(entries: readonly Entry[], login: NonNullable<ImageSettings['login']>, name: string): Entry[] {
  // By the name that people know, whatever it is while the release is rendered for another namespace.
  const places = new Map<string, { readonly namespace: string; readonly isEarly: boolean }>();
  for (const { object, knownAs = object.metadata, lifecycle } of entries) {
    const isAccount =
      object.kind === 'ServiceAccount' &&
      listOf((object as { imagePullSecrets?: unknown }).imagePullSecrets).some((item) => item.name === name);
    if (!podSpecOf(object) && !isAccount) continue;
    const { namespace: known = '' } = knownAs;
    const isEarly = places.get(known)?.isEarly === true || (lifecycle.hook?.events.includes('pre-install') ?? false);
    places.set(known, { namespace: object.metadata.namespace ?? '', isEarly });
  }
  return [...places].map(([known, { namespace, isEarly }]) => {
    const object = registrySecret({ name, namespace }, login);
    const knownAs = { name, namespace: known };
    return {
      object,
      key: keyOf({ ...object, metadata: knownAs }),
      stage: 'foundations',
      lifecycle: isEarly ? BEFORE_HOOKS : {},
      owner: ['global', 'imageCredentials'],
      ...(known === namespace ? {} : { knownAs }),
    };
  });
}

/** Where pods run before Helm installs the release, their pull secret must be there before them. */
const BEFORE_HOOKS: Lifecycle = { hook: { events: ['pre-install', 'pre-upgrade'], weight: -10, deletePolicy: ['before-hook-creation'] } };
