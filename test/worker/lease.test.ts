// The Lease by which one replica leads, on an API server in memory.
import { Lease } from '../../worker/cluster/lease';
import { FakeApi } from './support/fake-api';
import { until } from './support/fakes';

const TIMES = { heldMs: 400, deadlineMs: 300, turnMs: 20 };

describe('the Lease of a worker', () => {
  let fake: FakeApi;
  const started: Lease[] = [];
  beforeEach(async () => {
    fake = await FakeApi.open();
  });
  afterEach(async () => {
    for (const lease of started.splice(0)) await lease.close();
    await fake.close();
  });
  const spec = () => (fake.get('leases', 'w') as unknown as { spec: Record<string, unknown> } | undefined)?.spec ?? {};
  function lease(): { readonly lease: Lease; readonly events: string[] } {
    const events: string[] = [];
    const made = new Lease({
      api: fake.api(),
      name: 'w',
      trouble: () => undefined,
      leads: () => void events.push('leads'),
      lost: () => void events.push('lost'),
      times: TIMES,
    });
    started.push(made);
    made.start();
    return { lease: made, events };
  }

  it('tells since when it is held, and how often it went from one to another', async () => {
    const first = lease();
    await until(() => first.events.length === 1);
    const { acquireTime, renewTime, holderIdentity, leaseTransitions } = spec();
    await until(() => spec()['renewTime'] !== renewTime);
    expect(spec()).toMatchObject({ acquireTime, holderIdentity, leaseTransitions });
    await first.lease.close();
    const second = lease();
    await until(() => second.events.length === 1);
    expect(spec()['leaseTransitions']).toBe(Number(leaseTransitions) + 1);
    expect([spec()['holderIdentity'] === holderIdentity, String(spec()['acquireTime']) > String(acquireTime)]).toEqual([false, true]);
  });

  it('is not taken from another before it has stood still for the time it is held, and is given up when it is taken', async () => {
    const first = lease();
    await until(() => first.events.length === 1);
    const taken = fake.get('leases', 'w');
    fake.put('leases', { ...taken, spec: { ...spec(), holderIdentity: 'another' } } as never);
    const at = performance.now();
    await until(() => first.events.length === 2);
    expect(first.events).toEqual(['leads', 'lost']);
    const second = lease();
    await until(() => second.events.length === 1);
    expect(performance.now() - at).toBeGreaterThanOrEqual(TIMES.heldMs);
    expect(spec()['holderIdentity']).not.toBe('another');
  });
});
