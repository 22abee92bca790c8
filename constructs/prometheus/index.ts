// Prometheus with the programs around it: Alertmanager, Pushgateway, node-exporter and kube-state-metrics.
import type { Construct } from 'constructs';
import { ValuesError } from '../../helm/check';
import { Component, type ComponentProps } from '../common/component';
import type { Definition } from '../common/chart';
export type { KubeStateMetricsContext } from './kube-state-metrics/values';
import { alertmanager } from './alertmanager';
import { namespaceIssues, refuse } from '../common/checks';
import { forcedNamespace } from './common/identity';
import { together } from './common/need';
import type { Maker } from './common/objects';
import { helpers } from './helpers';
import { KubeStateMetrics } from './kube-state-metrics';
import { nodeExporter } from './node-exporter';
import { pushgateway } from './pushgateway';
import { server } from './server';
import { prometheusValues } from './values';
import { warnOfFaults } from './warnings';

export { KubeStateMetrics, kubeStateMetrics, kubeStateMetricsValues, type KubeStateMetricsValues } from './kube-state-metrics';
export { prometheusValues, type PrometheusValues } from './values';

export const prometheus: Definition<typeof prometheusValues> = {
  chart: { name: 'prometheus', alias: 'metrics', version: '14.8.0', appVersion: '2.26.0' },
  values: prometheusValues,
  helpers,
};

const NESTED = 'kube-state-metrics';

/** Each program with its account, roles, configuration, Service and workload; kube-state-metrics as a component below it. */
export class Prometheus extends Component<typeof prometheusValues> {
  protected readonly stage = 'apps';

  constructor(scope: Construct, id: string, props: ComponentProps<typeof prometheusValues>) {
    super(scope, id, prometheus, props);
    const { context } = this;
    const makers = [server, alertmanager, pushgateway, nodeExporter].flatMap((program) => program(context));
    together(
      () => refuse(namespaceIssues(forcedNamespace(context), 'forceNamespace')),
      ...makers.map((make) => () => this.addAll(make)),
      () => {
        // Like a chart's condition: only a false takes it away.
        if (context.values.kubeStateMetrics?.enabled !== false) this.addKubeStateMetrics(props);
      },
    );
    warnOfFaults(context);
  }

  private addAll(make: Maker): void {
    for (const object of [make() ?? []].flat()) this.add(object);
  }

  /** It gets what the user wrote, since defaults and templates are its own. */
  private addKubeStateMetrics({ global, release, values }: ComponentProps<typeof prometheusValues>): KubeStateMetrics {
    try {
      return new KubeStateMetrics(this, NESTED, { release, values: values?.[NESTED] ?? {}, global });
    } catch (error) {
      if (!(error instanceof ValuesError)) throw error;
      throw new ValuesError(error.issues.map((issue) => ({ ...issue, path: [NESTED, ...issue.path] })));
    }
  }
}
