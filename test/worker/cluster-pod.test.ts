// What the status of a pod says of its build.
import { addressOf, resultOf, type Pod } from '../../worker/cluster/pod';

const SEEN = Date.parse('2026-01-01T00:00:00Z');
const MINUTE = 60_000;
const pod = (status: Pod['status'], deletionTimestamp?: string): Pod => ({
  metadata: { name: 'p', ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
  ...(status === undefined ? {} : { status }),
});

describe('the status of a pod', () => {
  it.each<[string, Pod, object]>([
    [
      'an image that is not to be had',
      pod({
        phase: 'Pending',
        containerStatuses: [{ name: 'build', state: { waiting: { reason: 'ImagePullBackOff', message: 'not found' } } }],
      }),
      { state: 'failed', reason: 'the container build of the pod does not start: ImagePullBackOff: not found' },
    ],
    [
      'an engine that is not to be had',
      pod({
        phase: 'Pending',
        initContainerStatuses: [{ name: 'dind', state: { waiting: { reason: 'InvalidImageName', message: 'a b' } } }],
      }),
      { state: 'failed', reason: 'the container dind of the pod does not start: InvalidImageName: a b' },
    ],
    [
      'a taint that drove it away',
      pod({
        phase: 'Failed',
        conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager', message: 'Taint manager: deleting' }],
      }),
      { state: 'lost', reason: 'the pod was disrupted: DeletionByTaintManager (Taint manager: deleting)' },
    ],
    [
      'a node that does not answer',
      pod({ phase: 'Running' }, '2026-01-01T00:00:30Z'),
      { state: 'lost', reason: /the node of the pod was lost/ },
    ],
  ])('tells of %s, after a while', (_name, subject, expected) => {
    const found = resultOf(subject, SEEN + MINUTE, SEEN);
    const { reason } = expected as { reason: string | RegExp };
    expect(found).toMatchObject({
      result: { ...expected, reason: expect.stringMatching(typeof reason === 'string' ? literal(reason) : reason) },
    });
  });

  it('says where the build answers from the moment on that it has an address, until the build is over', () => {
    const build = (state: object) => ({ podIP: '10.0.0.7', containerStatuses: [{ name: 'build', state }] });
    expect(addressOf(pod({ phase: 'Pending' }))).toBeUndefined();
    expect(addressOf(pod({ phase: 'Pending', ...build({ waiting: { reason: 'PodInitializing' } }) }))).toBe('10.0.0.7');
    expect(addressOf(pod(build({ running: {} })))).toBe('10.0.0.7');
    expect(addressOf(pod(build({ running: {} }), '2026-01-01T00:00:00Z'))).toBeUndefined();
    expect(addressOf(pod(build({ terminated: { exitCode: 0 } })))).toBeUndefined();
  });

  it('is looked at again while it may mend itself', () => {
    const waiting = { reason: 'ErrImagePull', message: 'try again' };
    const pulling = pod({
      phase: 'Pending',
      containerStatuses: [{ name: 'build', state: { waiting: { ...waiting, reason: 'ImagePullBackOff' } } }],
    });
    expect(resultOf(pulling, SEEN + 1, SEEN)).toEqual({ lookAgainAt: SEEN + MINUTE });
    expect(resultOf(pod({ phase: 'Running' }, '2026-01-01T00:00:00Z'), SEEN + 1, SEEN)).toEqual({ lookAgainAt: SEEN + 15_000 });
    expect(resultOf(pod({ phase: 'Pending' }), SEEN + MINUTE, SEEN)).toBeUndefined();
  });
});

const literal = (text: string): RegExp => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
