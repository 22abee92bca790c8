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
export function cronFault(schedule: string): string | undefined {
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

const DAY = 24 * 60;
const NAMED: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
/** Long enough for every day of the year to fall on every day of the week, leap days included. */
const DAYS_LOOKED_AT = 28 * 366;

/** The numbers that a field stands for. */
function numbersOf(part: string, { from, to, words }: Field): Set<number> {
  const numbers = new Set<number>();
  for (const item of part.split(',')) {
    const [range = '', step] = item.split('/');
    const [first = '', last] = range.split('-');
    const begin = /^[*?]$/.test(first) ? from : valueOf(first, from, words);
    const end = last !== undefined ? valueOf(last, from, words) : /^[*?]$/.test(first) || step !== undefined ? to : begin;
    for (let number = begin; number <= end; number += Number(step ?? 1)) numbers.add(number);
  }
  return numbers;
}

/** The longest time between two runs in UTC, in minutes; undefined for `@every`, and for what no server takes or never comes round. */
export function longestPause(schedule: string): number | undefined {
  const expression = NAMED[schedule.trim()] ?? schedule.trim();
  if (expression.startsWith('@') || cronFault(expression) !== undefined) return undefined;
  const parts = expression.split(/\s+/);
  const [minutes, hours, days, months, weekdays] = FIELDS.map((field, index) => numbersOf(parts[index] ?? '', field));
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  const times = [...hours].flatMap((hour) => [...minutes].map((minute) => hour * 60 + minute)).toSorted((a, b) => a - b);
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  // With both a day of the month and a day of the week, either is enough.
  const [anyDay, anyWeekday] = [/^[*?]/.test(parts[2] ?? ''), /^[*?]/.test(parts[4] ?? '')];
  const fitsDay = (date: Date): boolean => {
    const [day, weekday] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay())];
    return months.has(date.getUTCMonth() + 1) && (anyDay || anyWeekday ? day && weekday : day || weekday);
  };
  let longest = Math.max(0, ...times.slice(1).map((time, index) => time - (times[index] ?? 0)));
  let before: number | undefined;
  for (let day = 0; day < DAYS_LOOKED_AT; day++) {
    if (!fitsDay(new Date(day * DAY * 60_000))) continue;
    if (before !== undefined) longest = Math.max(longest, day * DAY + first - before);
    before = day * DAY + last;
  }
  return longest || undefined;
}
