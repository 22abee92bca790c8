// What runs pods: defaults of apps/v1, batch/v1 and autoscaling as servers fill them in.
import { keyed, list, record, set, texts } from '../shape';
import { labelSelector, livePodSpec, podTemplate, resources } from './pod';

const rollingUpdate = record({}, { defaults: { maxSurge: '25%', maxUnavailable: '25%' } });

export const claimSpec = record(
  { accessModes: set(), resources, selector: labelSelector },
  { defaults: { volumeMode: 'Filesystem' }, vain: ['resources'], assigned: ['volumeName', 'storageClassName'] },
);
const claimTemplate = record(
  { metadata: record({ labels: texts, annotations: texts }), spec: claimSpec, status: record() },
  { defaults: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', status: { phase: 'Pending' } }, vain: ['status'] },
);

/** Labels and selectors that the Job controller writes, under their old and new names. */
const jobSpec = record(
  { template: podTemplate, selector: labelSelector, podFailurePolicy: record({ rules: list() }) },
  {
    defaults: {
      completions: 1,
      parallelism: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
      manualSelector: false,
      podReplacementPolicy: 'TerminatingOrFailed',
    },
    vain: ['selector'],
    assigned: ['selector'],
  },
);

const workload = { selector: labelSelector, template: podTemplate };

/** By API group and kind. */
export const workloads = {
  'apps/Deployment': record(
    { ...workload, strategy: record({ rollingUpdate }, { defaults: { type: 'RollingUpdate' }, vain: ['rollingUpdate'] }) },
    {
      defaults: { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600, minReadySeconds: 0, paused: false },
      vain: ['strategy'],
    },
  ),
  'apps/StatefulSet': record(
    {
      ...workload,
      volumeClaimTemplates: list(claimTemplate),
      updateStrategy: record(
        { rollingUpdate: record({}, { defaults: { partition: 0, maxUnavailable: 1 } }) },
        { defaults: { type: 'RollingUpdate' }, vain: ['rollingUpdate'] },
      ),
      persistentVolumeClaimRetentionPolicy: record({}, { defaults: { whenDeleted: 'Retain', whenScaled: 'Retain' } }),
    },
    {
      defaults: { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady', minReadySeconds: 0, serviceName: '' },
      vain: ['updateStrategy', 'persistentVolumeClaimRetentionPolicy'],
    },
  ),
  'apps/DaemonSet': record(
    {
      ...workload,
      updateStrategy: record(
        { rollingUpdate: record({}, { defaults: { maxSurge: 0, maxUnavailable: 1 } }) },
        { defaults: { type: 'RollingUpdate' }, vain: ['rollingUpdate'] },
      ),
    },
    { defaults: { revisionHistoryLimit: 10, minReadySeconds: 0 }, vain: ['updateStrategy'] },
  ),
  'batch/Job': jobSpec,
  'batch/CronJob': record(
    {
      jobTemplate: record(
        { metadata: record({ labels: texts, annotations: texts }, { vain: ['labels', 'annotations'] }), spec: jobSpec },
        { vain: ['metadata'] },
      ),
    },
    { defaults: { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 } },
  ),
  '/Pod': livePodSpec,
  'autoscaling/HorizontalPodAutoscaler': record(
    { metrics: set(), behavior: record({ scaleUp: record({ policies: list() }), scaleDown: record({ policies: list() }) }) },
    { defaults: { minReplicas: 1 } },
  ),
  'policy/PodDisruptionBudget': record({ selector: labelSelector }),
  '/PersistentVolumeClaim': claimSpec,
  '/ReplicationController': record({ selector: texts, template: podTemplate, ports: keyed('port') }, { defaults: { replicas: 1 } }),
};
