// Cron schedules as Kubernetes reads them.

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly words?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Field[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of the month', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, words: MONTHS },
  { name: 'day of the week', from: 0, to: 6, words: DAYS },
];
const DESCRIPTOR = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly|every (\d+(\.\d+)?(h|m|s|ms|us|ns))+)$/;

/** What is wrong with a schedule; undefined when a server takes it. */
export function cronProblem(schedule: string): string | undefined {
  if (DESCRIPTOR.test(schedule)) return undefined;
  const parts = schedule.trim().split(/\s+/);
  if (parts.length !== FIELDS.length || schedule.trim() === '')
    return `has ${schedule.trim() === '' ? 'no' : parts.length} fields; five are needed: ${FIELDS.map(({ name }) => name).join(', ')}`;
  for (const [index, field] of FIELDS.entries()) {
    const part = parts[index] ?? '';
    if (!part.split(',').every((item) => fits(item, field)))
      return `has "${part}" as its ${field.name}, which must be from ${field.from} to ${field.to}`;
  }
  return undefined;
}

/** The minute field of a schedule, as it is written. */
export const minuteOf = (schedule: string): string => schedule.trim().split(/\s+/)[0] ?? '';

/** `*`, `5`, `1-5`, `MON`, each with an optional `/step`. */
function fits(item: string, { from, to, words }: Field): boolean {
  const match = /^(\*|\?|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(item);
  if (!match) return false;
  const [, first = '', last, step] = match;
  if (step !== undefined && Number(step) === 0) return false;
  if (first === '*' || first === '?') return last === undefined;
  const begin = valueOf(first, from, words);
  const end = last === undefined ? begin : valueOf(last, from, words);
  return begin >= from && end <= to && begin <= end;
}

function valueOf(text: string, from: number, words: readonly string[] = []): number {
  const word = words.indexOf(text.toLowerCase());
  if (word >= 0) return word + from;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}
