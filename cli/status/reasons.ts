// Why pods are not ready: what keeps their containers waiting, their last words, and the last event.
import { ask, type ClusterFlags } from '../cluster/kubectl';
import { at, isPlain, maps, type Plain, type Thing } from '../diff/objects';
import { lastSeen, type Observed } from './observe';
import { conditionOf, unready } from './readiness';

/** Of each workload so many pods are told of. */
const PODS = 2;
/** So many logs are asked for at most. */
const LOGS = 5;
/** A container that is on its way says no more than that. */
const ON_ITS_WAY = new Set(['ContainerCreating', 'PodInitializing']);
type Hiding = (text: string) => string;

export interface Reasons {
  /** Lines about a workload that is not ready. @param hide keeps secrets out of what the cluster and programs say */
  of(workload: Thing, hide: Hiding): string[];
  /** Its pods. */
  pods(workload: Thing): Thing[];
}

export function reasonsFor(observed: Observed, flags: ClusterFlags): Reasons {
  let logs = 0;
  const isOwned = (object: Thing, owners: ReadonlySet<unknown>): boolean =>
    maps(at(object, 'metadata', 'ownerReferences')).some(({ uid }) => owners.has(uid));
  const between = (workload: Thing): Thing[] => {
    const own = new Set([uidOf(workload)]);
    return [...observed.replicaSets, ...observed.jobs].filter((object) => isOwned(object, own));
  };
  const pods = (workload: Thing): Thing[] => {
    if (workload.kind === 'Pod') return [workload];
    const owners = new Set([workload, ...between(workload)].map(uidOf));
    return observed.pods.filter((object) => isOwned(object, owners));
  };
  const event = (hide: Hiding, ...objects: readonly Thing[]): string[] => {
    const uids = new Set(objects.map(uidOf));
    const last = observed.events.find((found) => uids.has(at(found, 'involvedObject', 'uid')));
    return last ? [`event at ${lastSeen(last)}: ${told(last, hide)}`] : [];
  };
  const lastWords = (object: Thing, container: string, terminated: Plain, previous: boolean): string => {
    const { message } = terminated;
    if (typeof message === 'string' && message.trim()) return message;
    if (++logs > LOGS) return '';
    const { name, namespace = 'default' } = object.metadata;
    const { stdout } = ask(
      ['logs', name, `--namespace=${namespace}`, `--container=${container}`, '--tail=3', ...(previous ? ['--previous'] : [])],
      flags,
    );
    return stdout;
  };
  const containerLines = (object: Thing, state: Plain, hide: Hiding): string[] => {
    const name = String(state['name']);
    const { waiting, terminated } = (state['state'] ?? {}) as Plain;
    const before = at(state, 'lastState', 'terminated');
    const isFailed = isPlain(terminated) && terminated['exitCode'] !== 0;
    const ended = isFailed ? terminated : isPlain(before) && state['ready'] !== true ? before : undefined;
    const words = ended ? lastWords(object, name, ended, !isFailed).trim() : '';
    return [
      ...(isPlain(waiting) && !ON_ITS_WAY.has(String(waiting['reason'])) ? [`container ${name} waits: ${told(waiting, hide)}`] : []),
      ...(ended
        ? [
            `container ${name} ended with ${String(ended['exitCode'])} (${String(ended['reason'] ?? 'Error')})${restarts(state)}${
              words ? `; its last words: ${hide(words)}` : ''
            }`,
          ]
        : []),
    ];
  };
  const podLines = (object: Thing, hide: Hiding): string[] => {
    const scheduled = conditionOf(object, 'PodScheduled');
    const states = ['initContainerStatuses', 'containerStatuses'].flatMap((key) => maps(at(object, 'status', key)));
    return [
      ...(scheduled?.['status'] === 'False' ? [`has no node: ${hide(String(scheduled['message'] ?? scheduled['reason']))}`] : []),
      ...states.flatMap((state) => containerLines(object, state, hide)),
      ...event(hide, object),
    ].map((line) => `pod ${object.metadata.name}: ${line}`);
  };
  return {
    pods,
    of: (workload, hide) => {
      const waiting = pods(workload).filter((object) => unready(object));
      const lines = waiting.slice(0, PODS).flatMap((object) => podLines(object, hide));
      return lines.length ? lines : event(hide, workload, ...between(workload));
    },
  };
}

const uidOf = (object: Thing): unknown => at(object, 'metadata', 'uid');
/** Names of pods and containers stand in front, and are not names of secrets; so it is with the name of a volume, which stands within. */
const told = ({ reason, message }: Plain, hide: Hiding): string =>
  [
    reason,
    String(message ?? '')
      .split(/(\bvolume "[^"]*" : )/)
      .map((part, index) => (index % 2 ? part : hide(part)))
      .join(''),
  ]
    .filter(Boolean)
    .map(String)
    .join(': ');
const restarts = ({ restartCount }: Plain): string => (restartCount ? ` ${String(restartCount)} times` : '');
