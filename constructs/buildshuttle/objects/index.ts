// The objects of a release, made with cdk8s-plus-27: nothing outside of this folder loads it.
import type { Placed } from '../../common/chart';
import { fromConstructs } from '../../common/constructs';
import { modeOf, type BuildshuttleContext } from '../names';
import { addClaims } from './claims';
import { addCluster } from './cluster';
import { addDeployment } from './deployment';
import { addNetworkPolicy } from './network-policy';
import { addSecrets } from './secrets';
import { addAccess } from './service';

/** Of values that were checked. */
export const objectsOf = (context: BuildshuttleContext): Placed[] =>
  fromConstructs(context.release, (chart) => {
    addSecrets(chart, context);
    if (modeOf(context.values) === 'kubernetes') addCluster(chart, context);
    else addClaims(chart, context);
    addNetworkPolicy(chart, context);
    addAccess(chart, context);
    addDeployment(chart, context);
  });
