// The objects of a release, made with cdk8s-plus-27: nothing outside of this folder loads it.
import { ApiObject, App, Chart } from 'cdk8s';
import type { KubeObject } from '../../../kubernetes/object';
import type { BuildshuttleContext } from '../names';
import { addClaims } from './claims';
import { addDeployment } from './deployment';
import { addNetworkPolicy } from './network-policy';
import { addSecrets } from './secrets';
import { addAccess } from './service';

/** As plain data, of values that were checked. */
export function objectsOf(context: BuildshuttleContext): KubeObject[] {
  const { namespace } = context.release;
  const chart = new Chart(new App(), 'buildshuttle', { namespace, disableResourceNameHashes: true });
  addSecrets(chart, context);
  addClaims(chart, context);
  addNetworkPolicy(chart, context);
  addAccess(chart, context);
  addDeployment(chart, context);
  return chart.node
    .findAll()
    .filter((construct) => ApiObject.isApiObject(construct))
    .map((object) => object.toJson() as KubeObject);
}
