// The library: releases and components as cdk8s constructs.
export {
  CertManager,
  CockroachDb,
  ExternalDns,
  Nats,
  Prometheus,
  KubeStateMetrics,
  Api,
  CronEventSender,
  DbClient,
  DbMigrator,
  HangingJobCleaner,
  Web,
} from './constructs/components';
export { DevStats, EstafetteCi, type DevStatsProps, type EstafetteCiProps } from './constructs/releases';
export { ManifestApp } from './constructs/release/manifest-app';
export { PatchError, type Patch, type PatchOperation } from './constructs/release/patches';
export { withLifecycle } from './constructs/common/lifecycle';
export { liveIf, liveRelease, liveText, liveValue, onlyIf, type LiveDefault } from './constructs/common/live-value';
export type { NeededSecret } from './constructs/common/entry';
export type { Hook, HookEvent, Lifecycle, Stage } from './constructs/common/stages';
export { DEFAULT_KUBE_VERSION, type Release } from './constructs/common/release';
export type { ComponentProps } from './constructs/common/component';
export type { ReleaseChart } from './constructs/release/release-chart';
export type { ReleaseProps } from './constructs/release/inputs';
export type { ApplicationOptions, CrdMode, TargetName } from './constructs/targets';
export { ValuesError, type Issue } from './helm/check';
export type { KubeObject } from './kubernetes/object';
export type { CertManagerValues } from './constructs/cert-manager/values';
export type { CockroachDbValues } from './constructs/cockroachdb/values';
export type { ExternalDnsValues } from './constructs/external-dns/values';
export type { NatsValues } from './constructs/nats/values';
export type { PrometheusValues } from './constructs/prometheus/values';
export type { KubeStateMetricsValues } from './constructs/prometheus/kube-state-metrics/values';
export type { ApiValues } from './constructs/estafette/api/values';
export type { CronEventSenderValues } from './constructs/estafette/cron-event-sender/values';
export type { DbClientValues } from './constructs/estafette/db-client/values';
export type { DbMigratorValues } from './constructs/estafette/db-migrator/values';
export type { HangingJobCleanerValues } from './constructs/estafette/hanging-job-cleaner/values';
export type { WebValues } from './constructs/estafette/web/values';
export type { DevStatsValues } from './constructs/devstats/values';
export type { EstafetteValues } from './constructs/estafette/values';
