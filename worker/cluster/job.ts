// A build's Job: the pod of the operator's template, with the build's names, Secret and limits.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { messageOf } from '../errors';
import { imageOf, type BuildRecord } from '../state/record';
import type { KubeObject } from './api';
import { IMAGE_ANNOTATION, labelsOf, NUMBER_LABEL, objectName, OPEN_LABEL, STATE_LABEL, stateLabel, WORKER_LABEL } from './names';
import { ORDER_FOLDER } from './order';
import { BUILD_CONTAINER } from './pod';

/** For the start of the pod and its last words: the build itself keeps its own time. */
const MARGIN_SECONDS = 180;
const DAY_SECONDS = 24 * 3600;

const container = z.looseObject({ name: z.string() });
const template = z.looseObject({
  metadata: z.looseObject({ labels: z.record(z.string(), z.string()).optional() }).optional(),
  spec: z.looseObject({ containers: z.array(container), volumes: z.array(z.unknown()).optional() }),
});
export type PodTemplate = z.infer<typeof template>;

/**
 * @param path a file in YAML, or in JSON, which is YAML as well
 * @throws with what is wrong with the file.
 */
export function readTemplate(path: string): PodTemplate {
  try {
    const { data: read, error } = template.safeParse(parse(readFileSync(path, 'utf8'), { logLevel: 'error' }));
    if (!read) throw new Error(error.issues.map((issue) => [...issue.path, issue.message].join(': ')).join(', '));
    if (!read.spec.containers.some(({ name }) => name === BUILD_CONTAINER)) throw new Error(`it has no container named ${BUILD_CONTAINER}`);
    return read;
  } catch (cause) {
    // Below the first line are those of the file.
    const [problem = ''] = messageOf(cause).split(':\n');
    throw new Error(`BUILD_POD_TEMPLATE: ${path} is not a template of a pod (${problem}); write the metadata and spec of one as YAML`, {
      cause,
    });
  }
}

export interface JobOptions {
  readonly worker: string;
  readonly template: PodTemplate;
  /** Image of the container `build`. */
  readonly image: string;
  readonly timeoutMs: number;
  readonly retentionDays: number;
  /** Of the object that has the build's record. */
  readonly ownerUid: string;
}

/** Suspended: it runs when it is its turn. */
export function jobOf(name: string, record: BuildRecord, options: JobOptions): object {
  const { worker, template, image, timeoutMs, retentionDays, ownerUid } = options;
  const labels = labelsOf(worker, record);
  const annotations = record.repository === '' ? {} : { [IMAGE_ANNOTATION]: imageOf(record) };
  const { spec, metadata } = template;
  const mount = { name: 'order', mountPath: ORDER_FOLDER, readOnly: true };
  const containers = spec.containers.map((each) =>
    each.name === BUILD_CONTAINER ? { ...each, image, terminationMessagePolicy: 'File', volumeMounts: [...mountsOf(each), mount] } : each,
  );
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      labels: { ...labels, [STATE_LABEL]: stateLabel(record.state), [OPEN_LABEL]: 'true' },
      annotations,
      ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: objectName(worker, record.key), uid: ownerUid }],
    },
    spec: {
      suspend: true,
      // Whether a build begins again is for the worker to say: it counts, and it says so in the log.
      backoffLimit: 0,
      activeDeadlineSeconds: Math.ceil(timeoutMs / 1000) + MARGIN_SECONDS,
      ttlSecondsAfterFinished: retentionDays * DAY_SECONDS,
      template: {
        metadata: {
          ...metadata,
          labels: { ...metadata?.labels, [WORKER_LABEL]: worker, [NUMBER_LABEL]: record.number },
          annotations: { ...(metadata?.['annotations'] as object | undefined), ...annotations },
        },
        spec: {
          ...spec,
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          containers,
          volumes: [...(spec.volumes ?? []), { name: 'order', secret: { secretName: name, defaultMode: 0o440 } }],
        },
      },
    },
  };
}

function mountsOf(each: object): readonly unknown[] {
  return 'volumeMounts' in each && Array.isArray(each.volumeMounts) ? (each.volumeMounts as unknown[]) : [];
}

/** Goes with its Job, whoever deletes that. */
export function secretOf(job: KubeObject, worker: string, content: Readonly<Record<string, string>>): object {
  const { name, uid } = job.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name, labels: { [WORKER_LABEL]: worker }, ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid }] },
    stringData: content,
  };
}
