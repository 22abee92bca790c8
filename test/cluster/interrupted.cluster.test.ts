// Clusters and engines of a test that is killed in the middle do not stay, and Ctrl-C ends a cluster made by hand.
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARGO_CD_PARTS, CLUSTER_PARTS, describeWith, findParts, findRootParts } from '../support/parts';
import { interrupt, startingParts } from '../support/parts/interrupt';
import { leftovers } from '../support/parts/leftovers';
import { bridge } from '../support/parts/network';
import { removeNow } from '../support/parts/reaper';
import { ROOT } from '../support/cli';

describeWith(findRootParts(...CLUSTER_PARTS, 'dockerd') && findParts(...ARGO_CD_PARTS))('a test that ends in the middle', () => {
  it('is not blamed for network devices of tests beside it', () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'interrupted-'));
    const { resource } = bridge();
    try {
      expect(leftovers(tmpdir(), [])).toContain(`device ${resource.name}`);
      expect(leftovers(elsewhere, [])).toEqual([]);
    } finally {
      removeNow([resource]);
      rmdirSync(elsewhere);
    }
  });

  it('leaves nothing of a cluster and an engine when it is killed', async () => {
    expect(await interrupt(startingParts('parts.cluster({ nodes: 2 })', 'parts.dockerEngine()'), 'SIGKILL')).toEqual({
      started: 2,
      left: [],
    });
  }, 180_000);

  it('npm run cluster ends with Ctrl-C, and its Argo CD too', async () => {
    expect(
      await interrupt(['--require', join(ROOT, 'scripts', 'support', 'typescript.cjs'), join(ROOT, 'scripts', 'cluster.ts')], 'SIGINT'),
    ).toEqual({ started: 2, left: [] });
  }, 180_000);
});
