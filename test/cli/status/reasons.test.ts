// Why a pod is not ready: what is said of it is told, with secrets hidden, whatever pods, containers and volumes are called.
import type { Thing } from '../../../cli/diff/objects';
import { hideSecretsOf } from '../../../cli/diff/hide';
import { reasonsFor } from '../../../cli/status/reasons';
import type { Observed } from '../../../cli/status/observe';

const { text } = hideSecretsOf([]);
const pod = (name: string, state: object): Thing =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'ns', uid: name },
    status: { phase: 'Pending', containerStatuses: [{ name: 'auth-token', ready: false, restartCount: 0, ...state }] },
  }) as unknown as Thing;
const linesOf = (object: Thing, message: string): string[] => {
  const event = { reason: 'Failed', message, lastTimestamp: '2026-01-02T03:04:05Z', involvedObject: { uid: object.metadata.name } };
  const observed = { pods: [object], replicaSets: [], jobs: [], claims: [], events: [event] } as unknown as Observed;
  return reasonsFor(observed, {}).of(object, text);
};

it('names that look secret hide nothing of what the cluster says', () => {
  const waiting = { waiting: { reason: 'ErrImagePull', message: 'failed to pull image "curl:8"' } };
  expect(
    linesOf(pod('shuttle-auth-keys-1', { state: waiting }), 'MountVolume.SetUp failed for volume "auth" : secret "login" not found'),
  ).toEqual([
    'pod shuttle-auth-keys-1: container auth-token waits: ErrImagePull: failed to pull image "curl:8"',
    'pod shuttle-auth-keys-1: event at 2026-01-02T03:04:05Z: Failed: MountVolume.SetUp failed for volume "auth" : secret "login" not found',
  ]);
});

it('secrets stay hidden, in events as in last words', () => {
  const terminated = { terminated: { exitCode: 1, message: 'cannot log in with password: hunter22' } };
  const lines = linesOf(pod('web-1', { state: terminated }), 'probe said token=hunter22 is wrong');
  expect(lines).toHaveLength(2);
  expect(lines.join('\n')).not.toContain('hunter22');
  expect(lines[0]).toMatch(/container auth-token ended with 1 .*its last words: cannot log in with password: \(hidden\)$/);
});
