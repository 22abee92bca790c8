// Names of objects, images, labels and variables.
import type { Issue } from '../../../helm/check';
import { isTrue, plainText, text } from '../../../helm/print';
import { listOf } from '../../common/lists';
import { DNS_NAME, isLabelKey, isLabelValue, LABEL_RULE } from '../../../kubernetes/names';
import { OWN_VARIABLES } from '../own-variables';
import { nameOf, type BuildshuttleContext } from '../names';
import type { Settings } from '../values';

/** A Service's name begins with a letter, and the longest suffix of ours must fit behind it. */
const NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const LENGTH = 63 - '-engine'.length;
const IMAGE = /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?(:\d+)?(\/[a-z0-9]([a-z0-9._-]*[a-z0-9])?)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const VARIABLE = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;
/** Labels by which the release's own objects find each other. */
const OWN_LABELS = new Set(['app', 'name', 'namespace']);

export function nameIssues(context: BuildshuttleContext): Issue[] {
  const { values } = context;
  return [
    ...releaseIssues(context),
    ...imageIssues(values),
    ...referenceIssues(values),
    ...metadataIssues(values),
    ...variableIssues(values),
  ];
}

function releaseIssues(context: BuildshuttleContext): Issue[] {
  const name = nameOf(context);
  if (NAME.test(name) && name.length <= LENGTH) return [];
  const rule = `lower case letters, digits and dashes, a letter first, at most ${LENGTH} characters`;
  return [
    { path: ['fullnameOverride'], message: `objects cannot be called "${name}": ${rule}; give such a name here, or another release name` },
  ];
}

function imageIssues({ image, engine }: Settings): Issue[] {
  return (
    [
      ['image', image],
      ['engine.image', engine.image],
    ] as const
  ).flatMap(([at, { repository, tag, digest }]) => {
    const path = at.split('.');
    const name = text(repository);
    return [
      ...(IMAGE.test(name)
        ? []
        : [
            {
              path: [...path, 'repository'],
              message: `"${name}" is not a name of an image: write it without scheme and tag, such as registry.example.com/build-worker`,
            },
          ]),
      ...(plainText(tag) === undefined
        ? []
        : TAG.test(text(tag))
          ? []
          : [{ path: [...path, 'tag'], message: `"${text(tag)}" is not a tag of an image` }]),
      ...(isTrue(digest) && !DIGEST.test(text(digest))
        ? [{ path: [...path, 'digest'], message: `"${text(digest)}" is not a digest: sha256: and 64 hexadecimal digits` }]
        : []),
      ...(at === 'image' && plainText(tag) === undefined && !isTrue(digest)
        ? [{ path: [...path, 'tag'], message: 'must not be empty: leave the key out to keep the default' }]
        : []),
    ];
  });
}

/** Objects that exist already, and keys in them. */
function referenceIssues({ registries, s3, storage, auth, engine, ingress }: Settings): Issue[] {
  const names: [readonly string[], unknown][] = [
    [['registries', 'existingSecret'], registries.existingSecret],
    [['s3', 'existingSecret'], s3.existingSecret],
    [['s3', 'existingConfigMap'], s3.existingConfigMap],
    [['storage', 'existingClaim'], storage.existingClaim],
    [['storage', 'storageClass'], storage.storageClass],
    [['auth', 'existingSecret'], auth.existingSecret],
    [['engine', 'tls', 'existingSecret'], engine.tls.existingSecret],
    [['engine', 'storage', 'existingClaim'], engine.storage.existingClaim],
    [['engine', 'storage', 'storageClass'], engine.storage.storageClass],
    [['ingress', 'className'], ingress.className],
    [['ingress', 'tlsSecret'], ingress.tlsSecret],
  ];
  const keys: [readonly string[], unknown][] = [
    [['registries', 'key'], registries.key],
    [['auth', 'key'], auth.key],
    [['engine', 'tls', 'ca'], engine.tls.ca],
    [['engine', 'tls', 'cert'], engine.tls.cert],
    [['engine', 'tls', 'key'], engine.tls.key],
  ];
  return [
    ...names
      .filter(([, value]) => isTrue(value) && !DNS_NAME.test(text(value)))
      .map(([path, value]) => ({ path, message: `nothing can be called "${text(value)}": ${LABEL_RULE}` })),
    ...keys
      .filter(([, value]) => !/^[-._a-zA-Z0-9]{1,253}$/.test(text(value)))
      .map(([path, value]) => ({
        path,
        message: `must be a key of a Secret: letters, digits, dashes, dots and underscores, not "${text(value)}"`,
      })),
  ];
}

function metadataIssues({ labels, annotations, podAnnotations, nodeSelector, nodes, service, ingress, serviceMonitor }: Settings): Issue[] {
  const maps: [readonly string[], unknown, boolean][] = [
    [['labels'], labels, true],
    [['nodeSelector'], nodeSelector, true],
    [['serviceMonitor', 'labels'], serviceMonitor.labels, true],
    [['annotations'], annotations, false],
    [['podAnnotations'], podAnnotations, false],
    [['service', 'annotations'], service.annotations, false],
    [['ingress', 'annotations'], ingress.annotations, false],
  ];
  const role = plainText(nodes.role);
  return [
    ...maps.flatMap(([path, map, isLabel]) =>
      Object.entries((map ?? {}) as object).flatMap(([key, value]: [string, unknown]): Issue[] => {
        const at = [...path, key];
        if (value === null) return [];
        if (typeof value === 'object') return [{ path: at, message: `must be text, not a ${Array.isArray(value) ? 'list' : 'map'}` }];
        if (!isLabelKey(isLabel ? key : key.toLowerCase()))
          return [
            {
              path: at,
              message:
                `"${key}" is not a key of ${isLabel ? 'a label' : 'an annotation'}: letters, digits, dashes, dots and ` +
                `underscores, with an optional DOMAIN/ in front`,
            },
          ];
        if (key === 'constructor')
          return [{ path: at, message: 'cannot be printed by cdk8s, which takes it for a word of JavaScript: choose another key' }];
        if (path[0] === 'labels' && OWN_LABELS.has(key))
          return [{ path: at, message: 'is set by the chart, which finds its pods by it: take it away' }];
        return isLabel && !isLabelValue(text(value))
          ? [{ path: at, message: `"${text(value)}" is not a value of a label: letters, digits, dashes, dots and underscores, at most 63` }]
          : [];
      }),
    ),
    ...(role === undefined || isLabelValue(role)
      ? []
      : [{ path: ['nodes', 'role'], message: `must be the value of a label, not "${role}"` }]),
  ];
}

function variableIssues({ extraEnv }: Settings): Issue[] {
  const seen = new Set<string>();
  return listOf(extraEnv).flatMap((item: unknown, index): Issue[] => {
    const name = typeof item === 'object' && item !== null && 'name' in item ? text(item.name) : '';
    const path = ['extraEnv', index, 'name'];
    if (!VARIABLE.test(name)) return [{ path, message: `must be the name of a variable, not "${name}"` }];
    if (OWN_VARIABLES.has(name))
      return [
        { path, message: `${name} is set by the chart: take it away, and set the value that stands for it (show values buildshuttle)` },
      ];
    if (seen.has(name)) return [{ path, message: `${name} is there twice: take one away` }];
    seen.add(name);
    return [];
  });
}
