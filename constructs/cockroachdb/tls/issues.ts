// What the chart refuses about the self-signer: its image, and lifetimes that leave a certificate no time.
import type { Issue } from '../../../helm/check';
import { isTrue, text } from '../../../helm/print';
import { notText } from '../../common/checks';
import { isGiven, shown } from '../text';
import type { CockroachDbContext } from '../values';
import { signsItself } from './access';
import { caInUse, clientInUse, hoursOf, minimumInUse, nodeInUse, type SelfSigner } from './durations';
import { PULL_POLICIES } from './values';

const SIGNER = ['tls', 'certs', 'selfSigner'] as const;
const AUTHORITY = ['caCertDuration', 'caCertExpiryWindow'] as const;
const CERTIFICATES = ['clientCertDuration', 'clientCertExpiryWindow', 'nodeCertDuration', 'nodeCertExpiryWindow'] as const;

export function signerIssues(context: CockroachDbContext): Issue[] {
  const values = context.values.tls.certs.selfSigner;
  const formal = [...imageIssues(context), ...switchIssues(values), ...hourIssues(values)];
  // Sums of what is not a number of hours would only confuse.
  if (formal.length || !values.enabled) return formal;
  if (signsItself(context)) return [...authorityIssues(values), ...lifetimeIssues(values)];
  return values.rotateCerts ? scheduleIssues(values) : [];
}

function imageIssues({ values }: CockroachDbContext): Issue[] {
  const { image } = values.tls.selfSigner;
  const path = (key: string): string[] => ['tls', 'selfSigner', 'image', key];
  const issues: Issue[] = (['repository', 'tag'] as const)
    .filter((key) => typeof image[key] !== 'string')
    .map((key) =>
      isGiven(image[key])
        ? notText(image[key], path(key))
        : { path: path(key), message: 'must not be null: leave the key out to keep the default' },
    );
  if (typeof image.pullPolicy !== 'string' || !PULL_POLICIES.includes(image.pullPolicy)) {
    issues.push({ path: path('pullPolicy'), message: `must be one of ${PULL_POLICIES.join(', ')}` });
  }
  return issues;
}

const switchIssues = (values: SelfSigner): Issue[] =>
  (['enabled', 'caProvided'] as const)
    .filter((key) => !isGiven(values[key]))
    .map((key) => ({ path: [...SIGNER, key], message: 'must be true or false, not null: leave it out to keep the default' }));

/** Lifetimes are whole hours; what is null is judged further on. */
function hourIssues(values: SelfSigner): Issue[] {
  if (!values.enabled) return [];
  const issues: Issue[] = [...CERTIFICATES, ...(values.caProvided ? [] : AUTHORITY)]
    .filter((key) => {
      const value = values[key];
      return isGiven(value) && !(typeof value === 'string' && /^[0-9]*h$/.test(value));
    })
    .map((key) => ({ path: [...SIGNER, key], message: `must be a number of hours, such as 672h, not ${shown(values[key])}` }));
  const minimum = values.minimumCertDuration;
  if (isTrue(minimum) && typeof minimum !== 'string') {
    issues.push({ path: [...SIGNER, 'minimumCertDuration'], message: `must be text, such as "${text(minimum)}h"` });
  }
  return issues;
}

/** The authority must be the user's, or outlive what it signs. */
function authorityIssues(values: SelfSigner): Issue[] {
  if (values.caProvided) {
    return isTrue(values.caSecret) && typeof values.caSecret === 'string'
      ? []
      : [{ path: [...SIGNER, 'caSecret'], message: 'is needed while caProvided is true: name the Secret with your certificate authority' }];
  }
  const missing = missingOf(values, AUTHORITY);
  if (missing.length) return missing;
  const minimum = minimumInUse(values);
  const issues: Issue[] = [];
  if (minimum > hoursOf(values.caCertExpiryWindow)) {
    issues.push({
      path: [...SIGNER, 'caCertExpiryWindow'],
      message: `must be ${atLeast(minimum)}: the old authority must live as long as what it has signed`,
    });
  }
  if (minimum > caInUse(values)) {
    issues.push({
      path: [...SIGNER, 'caCertDuration'],
      message: `must exceed caCertExpiryWindow by ${atLeast(minimum)}; it is ${caInUse(values)}h now`,
    });
  }
  return issues;
}

function lifetimeIssues(values: SelfSigner): Issue[] {
  const missing = missingOf(values, CERTIFICATES);
  if (missing.length) return missing;
  const minimum = minimumInUse(values);
  const check = (whose: 'client' | 'node', inUse: number): Issue[] =>
    inUse >= minimum
      ? []
      : [
          {
            path: [...SIGNER, `${whose}CertDuration`],
            message: `must exceed ${whose}CertExpiryWindow by ${atLeast(minimum)}; it is ${inUse}h now`,
          },
        ];
  return [...check('client', clientInUse(values)), ...check('node', nodeInUse(values))];
}

/** Without TLS the CronJob is still there, and its schedule needs the lifetimes when there is no minimum. */
const scheduleIssues = (values: SelfSigner): Issue[] => (isTrue(values.minimumCertDuration) ? [] : missingOf(values, CERTIFICATES));

const missingOf = (values: SelfSigner, keys: readonly (keyof SelfSigner)[]): Issue[] =>
  keys
    .filter((key) => !isTrue(values[key]))
    .map((key) => ({ path: [...SIGNER, key], message: 'must be a number of hours, such as 672h, not empty' }));

const atLeast = (minimum: number): string => `at least ${minimum}h (minimumCertDuration)`;
