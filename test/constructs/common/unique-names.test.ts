// What a server would take for one object: refused, but for Namespaces, of which one is left.
import type { Entry } from '../../../constructs/common/entry';
import { uniqueNames } from '../../../constructs/common/unique-names';

const entry = (kind: string, name: string, owner: string[] = []): Entry => ({
  object: { apiVersion: 'v1', kind, metadata: { name, ...(kind === 'Namespace' ? {} : { namespace: 'ci' }) } },
  key: `${kind} ${name}`,
  stage: 'apps',
  lifecycle: {},
  owner,
});

describe('objects of one name', () => {
  it('are left alone when they differ in kind or name', () => {
    const entries = [entry('Service', 'a'), entry('Service', 'b'), entry('ConfigMap', 'a')];
    expect(uniqueNames(entries)).toEqual({ entries, issues: [] });
  });

  it('are one Namespace, however many parts ask for it: the first', () => {
    const [first, second, other] = [entry('Namespace', 'jobs', ['api']), entry('Namespace', 'jobs', ['web']), entry('Namespace', 'ci')];
    expect(uniqueNames([first, second, other])).toEqual({ entries: [first, other], issues: [] });
  });

  it('are an issue for anything else, which names who makes them', () => {
    expect(uniqueNames([entry('Service', 'a', ['api']), entry('Service', 'a', ['web'])]).issues).toEqual([
      { path: [], message: 'api and web would both make the Service a: give one of them another name' },
    ]);
    expect(uniqueNames([entry('Service', 'a', ['api']), entry('Service', 'a', ['api'])]).issues).toEqual([
      { path: ['api'], message: 'two objects would be called Service/a: give one of them another name' },
    ]);
  });
});
