// The charts as releases of cdk8s, with the types of their values.
import type { Construct } from 'constructs';
import { buildshuttle } from './buildshuttle/chart';
import type { BuildshuttleValues } from './buildshuttle/values';
import { devStats } from './devstats/chart';
import type { DevStatsValues } from './devstats/values';
import { estafetteCi } from './estafette/chart';
import type { EstafetteValues } from './estafette/values';
import type { ChartDefinition } from './common/chart';
import type { ReleaseProps } from './release/inputs';
import { ReleaseChart } from './release/release-chart';

export type EstafetteCiProps = ReleaseProps<EstafetteValues>;

/**
 * A release of Estafette CI.
 *
 *     new EstafetteCi(app, 'estafette-ci', { namespace: 'estafette-ci', values: { api: { baseHost: 'ci.example.com' } } });
 *
 * @throws ValuesError when values do not fit, all mistakes at once
 */
export class EstafetteCi extends ReleaseChart {
  constructor(scope: Construct, id: string, props: EstafetteCiProps = {}) {
    super(scope, id, estafetteCi as unknown as ChartDefinition, props);
  }
}

export type DevStatsProps = ReleaseProps<DevStatsValues>;

/**
 * A release of DevStats.
 *
 *     new DevStats(app, 'devstats', { namespace: 'devstats', values: { existingSecret: { pg: 'pg-db', oauth: 'github-oauth', grafana: 'grafana-secret' } } });
 *
 * Object names do not follow the release: two of them need two namespaces, or other names in the values.
 * @throws ValuesError when values do not fit, all mistakes at once
 */
export class DevStats extends ReleaseChart {
  constructor(scope: Construct, id: string, props: DevStatsProps = {}) {
    super(scope, id, devStats as unknown as ChartDefinition, props);
  }
}

export type BuildshuttleProps = ReleaseProps<BuildshuttleValues>;

/**
 * A release of the build worker.
 *
 *     new Buildshuttle(app, 'buildshuttle', { namespace: 'akkeris-system', values: { mode: 'worker' } });
 *
 * @throws ValuesError when values do not fit, all mistakes at once
 */
export class Buildshuttle extends ReleaseChart {
  constructor(scope: Construct, id: string, props: BuildshuttleProps = {}) {
    super(scope, id, buildshuttle as unknown as ChartDefinition, props);
  }
}
