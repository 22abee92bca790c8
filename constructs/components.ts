// Parts of releases as constructs that can be used alone: `new CockroachDb(chart, 'db', { release, values })`.
// Each throws a ValuesError when its values do not fit, all mistakes at once.
import type { Construct } from 'constructs';
import { certManager } from './cert-manager/chart';
import type { certManagerValues } from './cert-manager/values';
import { cockroachDb } from './cockroachdb/chart';
import type { cockroachDbValues } from './cockroachdb/values';
import { Component, type ComponentProps } from './common/component';
import { api } from './estafette/api/chart';
import type { apiValues } from './estafette/api/values';
import { cronEventSender } from './estafette/cron-event-sender/chart';
import type { cronEventSenderValues } from './estafette/cron-event-sender/values';
import { dbClient } from './estafette/db-client/chart';
import type { dbClientValues } from './estafette/db-client/values';
import { dbMigrator } from './estafette/db-migrator/chart';
import type { dbMigratorValues } from './estafette/db-migrator/values';
import { hangingJobCleaner } from './estafette/hanging-job-cleaner/chart';
import type { hangingJobCleanerValues } from './estafette/hanging-job-cleaner/values';
import { web } from './estafette/web/chart';
import type { webValues } from './estafette/web/values';
import { externalDns } from './external-dns/chart';
import type { externalDnsValues } from './external-dns/values';
import { nats } from './nats/chart';
import type { natsValues } from './nats/values';
import { prometheus } from './prometheus/chart';
import type { prometheusValues } from './prometheus/values';
import { kubeStateMetrics } from './prometheus/kube-state-metrics/chart';
import type { kubeStateMetricsValues } from './prometheus/kube-state-metrics/values';

/** cert-manager: issues certificates and renews them. */
export class CertManager extends Component<typeof certManagerValues> {
  constructor(scope: Construct, id: string, props: ComponentProps<typeof certManagerValues>) {
    super(scope, id, certManager, props);
  }
}

/** The database: StatefulSet, Services and what belongs to them. */
export class CockroachDb extends Component<typeof cockroachDbValues> {
  constructor(scope: Construct, id: string, props: ComponentProps<typeof cockroachDbValues>) {
    super(scope, id, cockroachDb, props);
  }
}

/** external-dns: keeps records at a DNS provider in step with the hosts of Services and Ingresses. */
export class ExternalDns extends Component<typeof externalDnsValues> {
  constructor(scope: Construct, id: string, props: ComponentProps<typeof externalDnsValues>) {
    super(scope, id, externalDns, props);
  }
}

/** NATS: servers with their configuration, Service and metrics, and a pod with its tools. */
export class Nats extends Component<typeof natsValues> {
  constructor(scope: Construct, id: string, props: ComponentProps<typeof natsValues>) {
    super(scope, id, nats, props);
  }
}

/** Prometheus with the programs around it, kube-state-metrics among them. */
export class Prometheus extends Component<typeof prometheusValues> {
  constructor(scope: Construct, id: string, props: ComponentProps<typeof prometheusValues>) {
    super(scope, id, prometheus, props);
  }
}

/** kube-state-metrics alone. */
export class KubeStateMetrics extends Component<typeof kubeStateMetricsValues> {
  constructor(scope: Construct, id: string, props: ComponentProps<typeof kubeStateMetricsValues>) {
    super(scope, id, kubeStateMetrics, props);
  }
}

/** The API server of Estafette CI, with the namespace in which its jobs run. */
export class Api extends Component<typeof apiValues> {
  constructor(scope: Construct, id: string, props: ComponentProps<typeof apiValues>) {
    super(scope, id, api, props);
  }
}

/** The sender of cron events. */
export class CronEventSender extends Component<typeof cronEventSenderValues> {
  constructor(scope: Construct, id: string, props: ComponentProps<typeof cronEventSenderValues>) {
    super(scope, id, cronEventSender, props);
  }
}

/** A pod with the database client, for people. */
export class DbClient extends Component<typeof dbClientValues> {
  constructor(scope: Construct, id: string, props: ComponentProps<typeof dbClientValues>) {
    super(scope, id, dbClient, props);
  }
}

/** The migrator of the database schema. */
export class DbMigrator extends Component<typeof dbMigratorValues> {
  constructor(scope: Construct, id: string, props: ComponentProps<typeof dbMigratorValues>) {
    super(scope, id, dbMigrator, props);
  }
}

/** The cleaner of build and release jobs that hang. */
export class HangingJobCleaner extends Component<typeof hangingJobCleanerValues> {
  constructor(scope: Construct, id: string, props: ComponentProps<typeof hangingJobCleanerValues>) {
    super(scope, id, hangingJobCleaner, props);
  }
}

/** The web interface of Estafette CI. */
export class Web extends Component<typeof webValues> {
  constructor(scope: Construct, id: string, props: ComponentProps<typeof webValues>) {
    super(scope, id, web, props);
  }
}
