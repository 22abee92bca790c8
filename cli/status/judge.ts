// All that is not as it should be with a release, as data.
import type { ClusterFlags } from '../cluster/kubectl';
import { compareSubject, liveObjects, namespacesOf, type Comparison } from '../diff/comparison';
import { hideSecretsOf, type Hide } from '../diff/hide';
import { keyOf, maps, at, referenceTo, titleOf, type Thing } from '../diff/objects';
import type { Subject } from '../diff/subject';
import { endingCertificates } from './certificates';
import { fullClaims } from './claims';
import { drift } from './drift';
import { madeKeys, unsavedKeys } from './keys';
import { observe, secretsOf, type Observed } from './observe';
import { TROUBLES, type Problem } from './problem';
import { failureOf, unready } from './readiness';
import { reasonsFor, type Reasons } from './reasons';

export interface Judgement {
  readonly release: string;
  readonly chart: string;
  readonly namespace: string;
  /** Context and server. */
  readonly cluster: string;
  /** Objects of the release that are there. */
  readonly objects: number;
  /** The worst first. */
  readonly problems: readonly Problem[];
  /** What could not be looked at, one sentence each. */
  readonly unknown: readonly string[];
}

/** How far a roll-out is. */
export interface Progress {
  readonly ready: number;
  readonly all: number;
  /** What is missing or not ready, with why it is so. */
  readonly waiting: readonly Problem[];
  /** Why some of it does not come by itself. @default it may */
  readonly stuck?: string;
}

interface Seen {
  readonly comparison: Comparison;
  readonly live: readonly Thing[];
  readonly observed: Observed;
  readonly reasons: Reasons;
}

function look(subject: Subject, flags: ClusterFlags): Seen {
  const comparison = compareSubject(subject, liveObjects(flags));
  const { now, before } = comparison;
  const printed = new Set(now.map(keyOf));
  const observed = observe(namespacesOf(now, comparison.report.namespace), flags);
  return { comparison, live: before.ours.filter((object) => printed.has(keyOf(object))), observed, reasons: reasonsFor(observed, flags) };
}

/** @param now milliseconds since 1970 @throws InputError with what kubectl complains of */
export function judge(subject: Subject, flags: ClusterFlags, now: number): Judgement {
  const seen = look(subject, flags);
  const { comparison, live, observed } = seen;
  const { report, plan, before } = comparison;
  const made = madeKeys(plan);
  const secrets = secretsOf([...live, ...comparison.now], made, flags);
  const pods = ownPods(seen);
  const claims = fullClaims(pods, flags);
  const known = new Map([...secrets, ...live].map((object) => [keyOf(object), object]));
  const hide = hideSecretsOf([...known.values(), ...comparison.now]);
  const problems = [
    ...drift(comparison),
    ...health(seen, pods, hide).map((problem) => shown(problem, hide)),
    ...endingCertificates([...known.values()], now),
    ...claims.problems,
    ...unsavedKeys(made, secrets),
  ];
  const { release, chart, namespace, cluster = '' } = report;
  return {
    release,
    chart,
    namespace,
    cluster,
    objects: live.length,
    problems: problems.toSorted((a, b) => TROUBLES.indexOf(a.trouble) - TROUBLES.indexOf(b.trouble)),
    unknown: [
      ...comparison.warnings.filter((warning) => warning.startsWith('not all objects')),
      ...(comparison.wrong === undefined ? [] : [comparison.wrong]),
      ...observed.notes,
      ...(claims.note ? [claims.note] : []),
    ].concat(before.ours.length ? [] : [`${cluster} holds no object of ${release}`]),
  };
}

/** @throws InputError with what kubectl complains of */
export function progress(subject: Subject, flags: ClusterFlags): Progress {
  const seen = look(subject, flags);
  const { comparison, live } = seen;
  const hide = hideSecretsOf([...live, ...comparison.now]);
  const missing = drift(comparison).filter(({ trouble }) => trouble === 'missing');
  // What runs by the clock is not part of a roll-out.
  const broken = health(seen, [], hide)
    .filter(({ kind, trouble }) => kind !== 'CronJob' || trouble !== 'failed')
    .map((problem) => shown(problem, hide));
  const failed = broken.find(({ stuck }) => stuck);
  const all = comparison.now.length;
  const waiting = [...missing, ...broken];
  return {
    all,
    ready: all - new Set(waiting.map(titleOf)).size,
    waiting,
    ...(failed ? { stuck: `${titleOf(failed)}: ${failed.message}` } : {}),
  };
}

function ownPods({ live, reasons }: Seen): Thing[] {
  return [...new Map(live.flatMap((object) => reasons.pods(object)).map((pod) => [keyOf(pod), pod])).values()];
}

/** What is not ready, and Jobs that failed. */
function health({ live, observed, reasons }: Seen, pods: readonly Thing[], { text }: Hide): Problem[] {
  const mounted = new Set(
    pods.flatMap((pod) =>
      maps(at(pod, 'spec', 'volumes')).map(
        (volume) => `${pod.metadata.namespace}/${String(at(volume, 'persistentVolumeClaim', 'claimName'))}`,
      ),
    ),
  );
  const listed = new Set(live.map(keyOf));
  // Claims of StatefulSets are in no manifest.
  const claims = observed.claims.filter(
    (claim) => mounted.has(`${claim.metadata.namespace}/${claim.metadata.name}`) && !listed.has(keyOf(claim)),
  );
  return [...live, ...claims].flatMap((object): Problem[] => {
    const failed = object.kind === 'Job' ? object : lastFailed(object, observed.jobs);
    const failure = failed && failureOf(failed);
    if (failed && failure !== undefined)
      return [
        {
          ...referenceTo(object),
          trouble: 'failed',
          message: failureText(object, failed, failure),
          details: reasons.of(failed, text),
          stuck: true,
        },
      ];
    const found = unready(object);
    return found ? [{ ...referenceTo(object), trouble: 'notReady', details: reasons.of(object, text), ...found }] : [];
  });
}

const failureText = (object: Thing, job: Thing, failure: string): string =>
  object === job ? `failed: ${failure}` : `its last Job, ${job.metadata.name}, failed: ${failure}`;

/** The youngest Job that a CronJob has made, when it has failed. */
function lastFailed(object: Thing, jobs: readonly Thing[]): Thing | undefined {
  if (object.kind !== 'CronJob') return undefined;
  const uid = at(object, 'metadata', 'uid');
  const born = (job: Thing): string => String(at(job, 'metadata', 'creationTimestamp'));
  return jobs
    .filter((job) => maps(at(job, 'metadata', 'ownerReferences')).some((owner) => owner['uid'] === uid))
    .toSorted((a, b) => (born(a) < born(b) ? 1 : -1))[0];
}

/** On one line each, and without secrets: reasons have none any more. */
function shown({ message, details, ...problem }: Problem, { text }: Hide): Problem {
  const line = (given: string): string => short(given.replaceAll(/\s+/g, ' ').trim());
  return { ...problem, message: line(text(message)), details: details.map(line) };
}

const LONGEST_LINE = 400;
const short = (line: string): string => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line);
