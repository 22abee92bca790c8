// What the init Job has to do: initialize the cluster, provision it, both, or nothing.
import { isTrue } from '../../helm/print';
import type { CockroachDbContext } from './values';

/** True when the nodes form a cluster of their own, which must be initialized once. */
export const initializesCluster = ({ values: { conf } }: CockroachDbContext): boolean => !isTrue(conf.join) && !conf['single-node'];
/** True when the release has this Job at all. */
export const runsInitJob = (context: CockroachDbContext): boolean =>
  initializesCluster(context) || context.values.init.provisioning.enabled === true;

/** Cluster settings by name, in the order in which Go walks a map. */
export const settingsOf = ({ values }: CockroachDbContext): [name: string, value: unknown][] =>
  Object.entries(values.init.provisioning.clusterSettings ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
