// What the chart refuses beyond the kind of each value: as its schema and its templates do, with the reason and the mend.
import type { Issue } from '../../helm/check';
import { isTrue } from '../../helm/print';
import { textOnly } from '../common/checks';
import { fullNameOf, rotationNameOf, selfSignerNameOf } from './names';
import { provisioningIssues, runsInitJob } from './provisioning';
import { isGiven, shown } from './text';
import { signsItself } from './tls/access';
import { signerIssues } from './tls/issues';
import { readVersion, takesSecurityContext } from './version';
import type { CockroachDbContext } from './values';

type Path = readonly string[];

/** Everything that Helm would refuse, too, and what could never run. */
export const issues = (context: CockroachDbContext): Issue[] => [
  ...textIssues(context),
  ...imageIssues(context),
  ...nameIssues(context),
  ...storeIssues(context),
  ...certificateIssues(context),
  ...signerIssues(context),
  ...nullIssues(context),
  ...proxyIssues(context),
  ...provisioningIssues(context),
];

/** Values that the chart hands to functions for text: a number stops it. */
function textIssues({ values }: CockroachDbContext): Issue[] {
  const { fullnameOverride, iap, nameOverride, statefulset, storage } = values;
  const volume = storage.persistentVolume;
  const found: readonly (readonly [Path, unknown, asked?: boolean])[] = [
    [['nameOverride'], nameOverride],
    [['fullnameOverride'], fullnameOverride],
    [['statefulset', 'podAntiAffinity', 'type'], statefulset.podAntiAffinity?.type],
    [['storage', 'persistentVolume', 'storageClass'], volume.storageClass, volume.enabled],
    [['iap', 'clientId'], iap.clientId, iap.enabled],
    [['iap', 'clientSecret'], iap.clientSecret, iap.enabled],
  ];
  return found.filter(([, , asked = true]) => asked).flatMap(([path, value]) => textOnly(value, ...path));
}

function imageIssues({ values: { image } }: CockroachDbContext): Issue[] {
  if (typeof image.tag === 'string' && readVersion(image.tag)) return [];
  const what = isGiven(image.tag) && image.tag !== '' ? `not ${shown(image.tag)}` : 'and not empty';
  return [
    {
      path: ['image', 'tag'],
      message: `must be a version, ${what}: the security context depends on it; write it as text, such as "v22.2.6"`,
    },
  ];
}

/** The chart cuts names at 56 characters, which can make three names one. */
function nameIssues(context: CockroachDbContext): Issue[] {
  if (!signsItself(context)) return [];
  const names = new Set([fullNameOf(context), selfSignerNameOf(context), rotationNameOf(context)]);
  if (names.size === 3) return [];
  return [
    {
      path: ['fullnameOverride'],
      message:
        `"${fullNameOf(context)}" leaves no room for "-self-signer" in the 56 characters of a name, so that two Roles would ` +
        `be called the same: set db.fullnameOverride, or give the release a shorter name`,
    },
  ];
}

function storeIssues({ values: { conf } }: CockroachDbContext): Issue[] {
  return [
    ...(isGiven(conf.join) ? [] : [{ path: ['conf', 'join'], message: 'must not be null: the chart counts its hosts; write [] for none' }]),
    ...(conf.store.enabled && conf.store.type === 'mem' && !isTrue(conf.store.size)
      ? [
          {
            path: ['conf', 'store', 'size'],
            message: 'is needed for a store in memory: CockroachDB does not start without it; give a size, such as 4GiB',
          },
        ]
      : []),
  ];
}

/** Who makes the certificates. The chart asks only when it makes the init Job; without any certificate no pod starts. */
function certificateIssues(context: CockroachDbContext): Issue[] {
  const { certs, enabled } = context.values.tls;
  if (!enabled) return [];
  const issues: Issue[] = [];
  if (certs.selfSigner.enabled && certs.certManager && runsInitJob(context)) {
    issues.push({
      path: ['tls', 'certs', 'certManager'],
      message: 'cannot be true while tls.certs.selfSigner.enabled is true: turn one of them off',
    });
  }
  if (!certs.selfSigner.enabled && !certs.certManager && !certs.provided) {
    issues.push({
      path: ['tls', 'certs'],
      message:
        'TLS is on and nobody makes certificates: turn on selfSigner.enabled or certManager, set provided to true ' +
        'with Secrets of yours, or turn tls.enabled off',
    });
  }
  return issues;
}

/** Parts that may be null as long as nothing reads them. */
function nullIssues({ values }: CockroachDbContext): Issue[] {
  const { image, networkPolicy, securityContext, statefulset, tls } = values;
  const readsAccount = tls.enabled ? 'tls.enabled' : networkPolicy.enabled ? 'networkPolicy.enabled' : undefined;
  const parts: readonly (readonly [Path, part: unknown, reader: string | false | undefined])[] = [
    [['statefulset', 'securityContext'], statefulset.securityContext, takesSecurityContext(image.tag) && 'image.tag is v22.1.2 or later'],
    [['securityContext'], securityContext, takesSecurityContext(image.tag) && 'image.tag is v22.1.2 or later'],
    [['tls', 'copyCerts'], tls.copyCerts, tls.enabled && 'tls.enabled is true'],
    [['tls', 'serviceAccount'], tls.serviceAccount, readsAccount && `${readsAccount} is true`],
    [
      ['tls', 'certs', 'certManagerIssuer'],
      tls.certs.certManagerIssuer,
      tls.enabled && tls.certs.certManager && 'tls.certs.certManager is true',
    ],
    [['networkPolicy', 'ingress'], networkPolicy.ingress, networkPolicy.enabled && 'networkPolicy.enabled is true'],
  ];
  return parts.flatMap(([path, part, reader]) =>
    reader && !part ? [{ path, message: `must not be null while ${reader}: leave it out to keep the defaults` }] : [],
  );
}

function proxyIssues({ values: { iap } }: CockroachDbContext): Issue[] {
  if (!iap.enabled || isTrue(iap.existingSecret)) return [];
  return (['clientId', 'clientSecret'] as const)
    .filter((key) => !isTrue(iap[key]))
    .map((key) => ({
      path: ['iap', key],
      message: 'is needed while iap.enabled is true: give the OAuth client of Google Cloud, or name its Secret as iap.existingSecret',
    }));
}
