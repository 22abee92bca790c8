// What `global` says of all images of a release: one login, and one mirror.
import type { Issue, Warning } from '../../helm/check';
import { flag, group, text, type Fields, type Values } from '../../helm/schema';
import { nearest } from '../../helm/suggest';
import { DEFAULT_REGISTRY, isRegistry, splitImage } from '../../kubernetes/images';
import { isNil, textOnly, type Path } from './checks';

const login = {
  registry: text(undefined, 'Registry the login is for; that of imageRegistry when not given, and else docker.io.'),
  username: text(undefined, 'User name.', { secret: 'needed' }),
  password: text(undefined, 'Password or token.', { secret: 'needed' }),
  existingSecret: text(
    undefined,
    'Pull secret (kubernetes.io/dockerconfigjson) that exists in each namespace with pods of the release, in place of the three above.',
  ),
};
const forBuilds = flag(undefined, "Adds the login to the API server's credentials.yaml, so that builds pull with it, too.");

const imagesGlobal = <F extends Fields>(imageCredentials: F) =>
  group(
    {
      imageCredentials: group(imageCredentials, {
        doc: 'One login for every image of the release: a pull secret in each namespace, which every pod names.',
        nullable: true,
        isOptional: true,
      }),
      imageRegistry: text(
        undefined,
        'Mirror that every image is pulled from, such as registry.example.com/mirror: it stands in place of the registry of each.',
      ),
    },
    { doc: 'Values that every component sees.', nullable: true, open: true },
  );

/** Values of `global` for a release; keys of the user's own may stand beside them. */
export const globalValues = imagesGlobal(login);
/** The same, of a release that runs builds. */
export const globalValuesWithBuilds = imagesGlobal({ ...login, builds: forBuilds });

type Global = Values<typeof globalValuesWithBuilds>;
type Login = NonNullable<NonNullable<Global>['imageCredentials']>;

/** A login with everything that it needs. */
export interface ImageLogin {
  readonly registry: string;
  readonly username: string;
  readonly password: string;
}

/** What is to be done to the images of a release. */
export interface ImageSettings {
  /** @default no login is given */
  readonly login?: ImageLogin;
  /** Pull secret that exists already. @default none */
  readonly existingSecret?: string;
  /** @default images come from where they are */
  readonly mirror?: string;
}

const filled = (value: unknown): string | undefined => (isNil(value) || value === '' ? undefined : String(value));
/** The host of a login, which may be written as the URL of a server, as Docker has it for Docker Hub. */
const hostOf = (registry: string): string => {
  const host = registry.replace(/^https?:\/\//, '').replace(/\/(v[12]\/?)?$/, '');
  return host === 'index.docker.io' ? DEFAULT_REGISTRY : host;
};
const mirrorOf = (global: Global): string | undefined => filled(global?.imageRegistry)?.replace(/\/+$/, '');

/** @param global values that were checked; `global` as users give it */
export function imageSettings(global: unknown): ImageSettings {
  const given = global as Global;
  const { registry, username, password, existingSecret } = given?.imageCredentials ?? ({} as Partial<Login>);
  const mirror = mirrorOf(given);
  const host = filled(registry) ?? (mirror === undefined ? DEFAULT_REGISTRY : splitImage(`${mirror}/image`).registry);
  return {
    ...(filled(username) === undefined ? {} : { login: { registry: host, username: String(username), password: String(password) } }),
    ...(filled(existingSecret) === undefined ? {} : { existingSecret: String(existingSecret) }),
    ...(mirror === undefined ? {} : { mirror }),
  };
}

/** What a chart above hands down. */
export const globalOf = ({ values }: { readonly values: object }): unknown => (values as { readonly global?: unknown }).global;

/** True when builds are to pull with the login, too. */
export const isForBuilds = (global: unknown): boolean => (global as Global)?.imageCredentials?.builds === true;

const CREDENTIALS = ['global', 'imageCredentials'] as const;

export function imageIssues({ values: { global } }: { readonly values: { readonly global: unknown } }): Issue[] {
  const given = global as Global;
  const mirror = mirrorOf(given);
  return [
    ...loginIssues(given?.imageCredentials),
    ...(mirror === undefined || isRegistry(mirror)
      ? []
      : [
          {
            path: ['global', 'imageRegistry'],
            message: 'must be the name of a registry such as registry.example.com:5000/mirror, without https:// in front',
          },
        ]),
  ];
}

function loginIssues(login: Login | undefined): Issue[] {
  if (!login) return [];
  const at = (...path: Path): Path => [...CREDENTIALS, ...path];
  const given = (['registry', 'username', 'password'] as const).filter((key) => filled(login[key]) !== undefined);
  const texts = given.flatMap((key) => textOnly(login[key], ...at(key)));
  if (filled(login.existingSecret) !== undefined)
    return [
      ...given.map((key) => ({
        path: at(key),
        message: 'would go nowhere beside existingSecret: put it into that Secret, or take existingSecret away',
      })),
      ...(login.builds === true
        ? [
            {
              path: at('builds'),
              message: 'needs username and password here: what existingSecret holds is not known when manifests are made',
            },
          ]
        : []),
    ];
  const missing = (['username', 'password'] as const).filter((key) => !given.includes(key));
  const isAsked = given.length > 0 || login.builds === true;
  return [
    ...texts,
    ...(isAsked ? missing.flatMap((key) => [{ path: at(key), message: `is missing: give username and password, or existingSecret` }]) : []),
    ...(filled(login.registry) !== undefined && !isRegistry(hostOf(String(login.registry)))
      ? [{ path: at('registry'), message: 'must be the name of a registry, such as docker.io or registry.example.com:5000' }]
      : []),
  ];
}

export function imageWarnings({ values: { global } }: { readonly values: { readonly global: unknown } }): Warning[] {
  const { login, mirror } = imageSettings(global);
  const own = ['imageCredentials', 'imageRegistry'];
  return [
    ...Object.keys((global as object | undefined) ?? {}).flatMap((key) => {
      const near = own.includes(key) ? undefined : nearest(key, own);
      return near === undefined ? [] : [{ path: `global.${key}`, message: `nothing reads it; did you mean "${near}"?` }];
    }),
    ...(login && mirror !== undefined && !`${mirror}/`.startsWith(`${hostOf(login.registry)}/`)
      ? [
          {
            path: 'global.imageCredentials',
            message: `the login is for ${login.registry}, and global.imageRegistry has every image pulled from ${mirror}`,
          },
        ]
      : []),
    ...(login && isForBuilds(global) && hostOf(login.registry) !== DEFAULT_REGISTRY
      ? [
          {
            path: 'global.imageCredentials.builds',
            message: `builds show this login to ${DEFAULT_REGISTRY} and to each registry for which credentials.yaml has no other`,
          },
        ]
      : []),
  ];
}
