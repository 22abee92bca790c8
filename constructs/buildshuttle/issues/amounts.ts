// Numbers and sizes.
import type { Issue } from '../../../helm/check';
import { yamlScalar } from '../../../helm/print';
import { quantity } from '../../../kubernetes/quantity';
import { bytesOf } from '../environment';
import { isTrue } from '../../../helm/print';
import { modeOf } from '../names';
import type { Settings } from '../values';

interface Range {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly least: number;
  readonly most: number;
  readonly optional?: boolean;
}

/** More than anybody has of replicas, or of what goes on at once. */
const MANY = 100_000;
const PORTS = { least: 1, most: 65_535 };

export function amountIssues(values: Settings): Issue[] {
  const { builds, retention, engine, host, service } = values;
  const ranges: Range[] = [
    { path: ['builds', 'parallel'], value: builds.parallel, least: 1, most: MANY, optional: true },
    // What a timer of Node.js can wait, in seconds.
    { path: ['builds', 'timeoutSeconds'], value: builds.timeoutSeconds, least: 1, most: 2_147_483 },
    { path: ['replicas'], value: values.replicas, least: 1, most: MANY },
    { path: ['retention', 'days'], value: retention.days, least: 1, most: 36_500 },
    { path: ['engine', 'maxTransfers'], value: engine.maxTransfers, least: 1, most: MANY },
    { path: ['engine', 'port'], value: engine.port, ...PORTS, optional: true },
    { path: ['service', 'port'], value: service.port, ...PORTS },
    { path: ['host', 'socketGroup'], value: host.socketGroup, least: 0, most: 4_294_967_294, optional: true },
  ];
  return [...ranges.flatMap(rangeIssue), ...sizeIssues(values)];
}

function rangeIssue({ path, value, least, most, optional }: Range): Issue[] {
  if (optional && value === undefined) return [];
  const printed = yamlScalar(value);
  if (/^(0|[1-9]\d*)$/.test(printed) && Number(printed) >= least && Number(printed) <= most) return [];
  return [{ path, message: `must be a whole number from ${least} to ${most}, not ${JSON.stringify(printed)}` }];
}

function sizeIssues(values: Settings): Issue[] {
  const { storage, retention, engine } = values;
  const made = !isTrue(storage.existingClaim);
  const sizes: [readonly string[], unknown, boolean][] = [
    [['storage', 'size'], storage.size, made],
    [['retention', 'size'], retention.size, true],
    [['retention', 'cacheSize'], retention.cacheSize, true],
    [['engine', 'storage', 'size'], engine.storage.size, isTrue(engine.storage.size)],
  ];
  const wrong = sizes
    .filter(([, size, isUsed]) => isUsed && !((quantity(yamlScalar(size)) ?? 0n) > 0n))
    .map(([path, size]) => ({ path, message: `must be a size such as 10Gi, not ${JSON.stringify(yamlScalar(size))}` }));
  if (wrong.length || !made || modeOf(values) === 'kubernetes' || bytesOf(retention.size) < bytesOf(storage.size)) return wrong;
  return [
    {
      path: ['retention', 'size'],
      message:
        `${yamlScalar(retention.size)} of old logs and sources leave no room for the queue on a claim of ` +
        `${yamlScalar(storage.size)}: make it smaller, or storage.size larger`,
    },
  ];
}
