// Times, lengths of time and places in the words of the page.

const UNITS = /** @type {const} */ ([
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
]);

/** @param {number} ms @returns {string} the two largest units, such as `3 min 5 s` */
export function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const first = UNITS.findIndex(([, size]) => seconds >= size);
  if (first < 0) return '0 s';
  let left = seconds;
  const words = [];
  for (const [name, size] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) words.push(`${count} ${name}`);
  }
  return words.join(' ');
}

/** @param {string | null} time ISO 8601 @param {number} now @returns {string} such as `3 min ago`, by the largest unit */
export function since(time, now) {
  if (time === null) return '';
  const ms = now - Date.parse(time);
  if (ms < 5000) return 'just now';
  return `${/^\d+ \w+/.exec(duration(ms))?.[0] ?? ''} ago`;
}

/**
 * @param {{ started_at: string | null, ended_at: string | null }} build
 * @param {number} now
 * @returns {string} how long it has run, up to now where it runs; empty where it never did
 */
export function took({ started_at: started, ended_at: ended }, now) {
  if (started === null) return '';
  return duration((ended === null ? now : Date.parse(ended)) - Date.parse(started));
}

/** @param {number | null | undefined} position 1 for the next one to begin @returns {string} */
export function place(position) {
  if (position === null || position === undefined) return '';
  return position === 1 ? 'next in the queue' : `${position - 1} in the queue before it`;
}
