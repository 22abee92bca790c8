// Which releases would make the same objects.
import { clashText, Owners, type Owner } from '../../cli/clashes';
import type { Planned } from '../../constructs/common/entry';

const object = (kind: string, name: string, namespace?: string, apiVersion = 'v1'): Planned => ({
  object: { apiVersion, kind, metadata: { name, ...(namespace ? { namespace } : {}) } },
  stage: 'apps',
  lifecycle: {},
});
const release = (name: string, ...plan: Planned[]) => ({ name, plan });

function clashes(releases: readonly (Owner & { readonly plan: readonly Planned[] })[]) {
  const owners = new Owners<Owner>();
  for (const one of releases) owners.add(one, one.plan);
  return owners.clashes();
}

it('are those with one group, kind, namespace and name, whatever the version', () => {
  const [clash, ...others] = clashes([
    release('a', object('Ingress', 'web', 'x', 'networking.k8s.io/v1beta1'), object('Service', 'web', 'x'), object('Role', 'r', 'a')),
    release(
      'b',
      object('Ingress', 'web', 'x', 'networking.k8s.io/v1'),
      object('Service', 'web', 'x', 'serving.knative.dev/v1'),
      object('Role', 'r', 'b'),
    ),
  ]);
  expect(others).toEqual([]);
  expect(clash).toMatchObject({ releases: [{ name: 'a' }, { name: 'b' }], objects: ['Ingress x/web'] });
});

it('are told once for all that share them, the first few by name', () => {
  const same = ['1', '2', '3', '4', '5', '6'].map((name) => object('ConfigMap', name, 'x'));
  const found = clashes(['a', 'b', 'c', 'd', 'e'].map((name) => release(name, ...same)));
  expect(found.map(clashText)).toEqual([
    'a, b, c and 2 more make ConfigMap x/1, ConfigMap x/2, ConfigMap x/3, ConfigMap x/4 and 2 more: in one cluster each would take them from the others; give them different namespaces, or other names in their values',
  ]);
});

it('can be a namespace alone, which one of them may make', () => {
  expect(clashes([release('a', object('Namespace', 'x')), release('b', object('Namespace', 'x'))]).map(clashText)).toEqual([
    'a and b both make Namespace x: in one cluster each would take it from the other; let one of them make it (createNamespace), or give them different ones',
  ]);
});
