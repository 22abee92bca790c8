// The API server that tests start: empty, quick, strict, and several at a time.
import { cpus, loadavg } from 'node:os';
import { apiServer, describeWith, findParts, succeed } from '../../support/parts';

describeWith(findParts('etcd', 'kube-apiserver', 'kubectl'))('apiServer()', () => {
  it('is up in under 3 seconds with nothing in it, reads strictly, and keeps what another one does not have', async () => {
    const took: number[] = [];
    const timed = async (): ReturnType<typeof apiServer> => {
      const began = Date.now();
      const server = await apiServer();
      took.push(Date.now() - began);
      return server;
    };
    const [one, two] = [await timed(), await timed()];
    try {
      expect(await succeed(one.kubectl(['create', 'configmap', 'mine', '--from-literal=a=b']))).toContain('created');
      expect((await two.kubectl(['get', 'configmap', 'mine'])).stderr).toContain('NotFound');
      const wrong = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'wrong' }, daata: {} });
      const refused = await one.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], wrong);
      expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('.daata: field not declared in schema')]);
      // The better of two, and longer where others wait for the processors too.
      const crowd = Math.max(1, (loadavg()[0] ?? 0) / cpus().length);
      expect(Math.min(...took)).toBeLessThan(3000 * crowd);
    } finally {
      await Promise.all([one.stop(), two.stop()]);
    }
    expect((await one.kubectl(['get', 'configmap'])).status).toBe(1);
  }, 60_000);
});
