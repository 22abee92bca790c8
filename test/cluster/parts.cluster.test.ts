// The cluster that tests start.
import { cluster, CLUSTER_PARTS, describeWith, findRootParts, succeed } from '../support/parts';

describeWith(findRootParts(...CLUSTER_PARTS))('cluster()', () => {
  it('starts', async () => {
    const began = Date.now();
    const one = await cluster({ nodes: 2 });
    try {
      console.log(Date.now() - began, await succeed(one.kubectl(['get', 'nodes,pods', '-A', '-o', 'wide'])));
    } finally {
      await one.stop();
    }
  }, 300_000);
});
