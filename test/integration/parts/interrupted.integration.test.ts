// Servers of a test that is killed or interrupted in the middle do not stay.
import { describeWith, findParts } from '../../support/parts';
import { interrupt, startingParts } from '../../support/parts/interrupt';

describeWith(findParts('etcd', 'kube-apiserver', 'kubectl', 'versitygw', 'docker-registry'))('a test that ends in the middle', () => {
  it.each(['SIGKILL', 'SIGINT'] as const)(
    'leaves nothing after %s',
    async (signal) => {
      expect(await interrupt(startingParts('parts.apiServer()', 'parts.s3()', 'parts.registry()'), signal)).toEqual({
        started: 3,
        left: [],
      });
    },
    60_000,
  );
});
