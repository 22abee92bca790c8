// Figures for Prometheus.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Records } from './state/records';
import type { Uploads } from './stores/uploads';
import { FINAL_STATES, isFinal, RUNNING_STATES, type BuildRecord } from './state/record';

export interface Metrics {
  readonly registry: Registry;
  ended(record: BuildRecord): void;
  callback(result: 'delivered' | 'retried' | 'undelivered'): void;
}

export function createMetrics(records: Records, uploads: Uploads): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const builds = new Counter({
    name: 'build_worker_builds_total',
    help: 'Builds that ended, by final state.',
    labelNames: ['state'],
    registers: [registry],
  });
  for (const state of FINAL_STATES) builds.inc({ state }, 0);
  const seconds = new Histogram({
    name: 'build_worker_build_seconds',
    help: 'Time from the first start of a build to its end.',
    labelNames: ['state'],
    buckets: [1, 5, 15, 60, 180, 600, 1200, 3600],
    registers: [registry],
  });
  const callbacks = new Counter({
    name: 'build_worker_callbacks_total',
    help: 'Notices to callback addresses, by result of each attempt.',
    labelNames: ['result'],
    registers: [registry],
  });
  new Gauge({
    name: 'build_worker_builds',
    help: 'Builds that have not ended, by state.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const all = records.open();
      for (const state of ['queued', ...RUNNING_STATES]) this.set({ state }, all.filter((record) => record.state === state).length);
    },
  });
  const waiting = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  waiting('build_worker_callbacks_waiting', 'Notices that are not answered yet.', () => records.notices().length);
  waiting('build_worker_uploads_waiting', 'Logs and sources that are not in the store yet.', () => uploads.waiting);
  waiting(
    'build_worker_uploads_waiting_bytes',
    'Size of the logs and sources that are not in the store yet; MAX_WAITING_BYTES bounds it.',
    () => uploads.waitingBytes,
  );
  return {
    registry,
    ended(record) {
      if (!isFinal(record.state)) return;
      builds.inc({ state: record.state });
      if (record.startedAt !== undefined && record.endedAt !== undefined)
        seconds.observe({ state: record.state }, (record.endedAt - record.startedAt) / 1000);
    },
    callback: (result) => callbacks.inc({ result }),
  };
}
