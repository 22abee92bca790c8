// Objects that constructs make, such as those of cdk8s-plus, as a chart's objects.
import { ApiObject, App, Chart } from 'cdk8s';
import type { KubeObject } from '../../kubernetes/object';
import type { Placed } from './chart';
import { lifecycleOf } from './lifecycle';
import type { Release } from './release';

/** What `build` puts into a chart of its own, with what was told of it by `withLifecycle`. */
export function fromConstructs(release: Pick<Release, 'name' | 'namespace'>, build: (chart: Chart) => void): Placed[] {
  const chart = new Chart(new App(), release.name, { namespace: release.namespace, disableResourceNameHashes: true });
  build(chart);
  return chart.node
    .findAll()
    .filter((construct) => ApiObject.isApiObject(construct))
    .map((construct) => ({ object: construct.toJson() as KubeObject, lifecycle: lifecycleOf(construct) }));
}
