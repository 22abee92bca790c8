// Names and labels of a build's objects in the cluster: the same for the same build, whoever makes them.
import { createHash } from 'node:crypto';
import type { BuildRecord } from '../state/record';

const PREFIX = 'build-worker/';
/** Which worker a build belongs to, where there are several in a namespace. */
export const WORKER_LABEL = `${PREFIX}worker`;
/** Its state, for people. */
export const STATE_LABEL = `${PREFIX}state`;
/** On Jobs of builds that have not ended: what the leader watches. */
export const OPEN_LABEL = `${PREFIX}open`;
export const NUMBER_LABEL = `${PREFIX}number`;
export const IMAGE_ANNOTATION = `${PREFIX}image`;

/** Kubernetes takes 63 characters; what is cut off here is in the hash. */
const APP_LENGTH = 30;

/** Unique by the worker and the whole key; for people, it begins with the app and the number. */
export function objectName(worker: string, key: string): string {
  const at = key.lastIndexOf('/');
  const app = key
    .slice(0, at)
    // The UUID behind the app's name says nothing to people.
    .replace(/-[a-f\d]{8}(-[a-f\d]{4}){3}-[a-f\d]{12}$/, '')
    .replace(/[^a-z\d]+/g, '-')
    .slice(0, APP_LENGTH)
    .replace(/^-+|-+$/g, '');
  const hash = createHash('sha256').update(`${worker}\n${key}`).digest('hex').slice(0, 12);
  return `b-${app}-${key.slice(at + 1)}-${hash}`;
}

/** A build that begins again has another Job: the pods of the one before never count for it. */
export const jobName = (worker: string, key: string, attempt: number): string =>
  attempt <= 1 ? objectName(worker, key) : `${objectName(worker, key)}-${attempt}`;

/** What a label takes of a text. */
const labelValue = (text: string): string => text.slice(0, 63).replace(/[^A-Za-z\d]+$/, '');

export function labelsOf(worker: string, record: Pick<BuildRecord, 'app' | 'number'>): Record<string, string> {
  return { [WORKER_LABEL]: worker, app: labelValue(record.app), [NUMBER_LABEL]: record.number };
}

/** A state as a label has it: without spaces. */
export const stateLabel = (state: BuildRecord['state']): string => state.replaceAll(' ', '-');
