// Differences that are meant: known.json names them, each with its reason, and each must still be there.
'use strict';
const { readFileSync } = require('node:fs');

/** @returns {{ path: string, kind: string, context?: string, says?: string, reason: string }[]} `says`: what each line of the difference must contain */
function readKnown(file) {
  const entries = JSON.parse(readFileSync(file, 'utf8'));
  for (const [i, entry] of entries.entries()) {
    for (const key of ['path', 'kind', 'reason'])
      if (typeof entry[key] !== 'string' || entry[key] === '')
        throw new Error(
          `known.json, entry ${i + 1}: "${key}" is missing; each entry has a path, a kind (base, other, null or empty) and a reason`,
        );
  }
  return entries;
}

/** `*` in an entry's path stands for any text, `|` stands between paths. */
const fits = (patterns, path) => patterns.split('|').some((pattern) => fitsOne(pattern, path));

const fitsOne = (pattern, path) =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`))
      .join('.*')}$`,
  ).test(path);

const matches = (entry, { shown, kind, context }) =>
  fits(entry.path, shown) && entry.kind.split('|').includes(kind) && (entry.context === undefined || entry.context === context);

/** Whether a change is one that is meant to differ. */
const isKnown = ({ shown, kind, context }, entries) => entries.some((entry) => matches(entry, { shown, kind, context }));

/** Splits what differs into meant and open; `stale` are entries that were tried and no longer differ. */
function applyKnown(results, entries) {
  const isMeant = (entry, result) =>
    result.status === 'different' && (entry.says === undefined || result.details.every((line) => line.includes(entry.says)));
  const used = new Set();
  const tried = new Set();
  for (const result of results) {
    for (const entry of entries.filter((candidate) => matches(candidate, result))) {
      tried.add(entry);
      if (!isMeant(entry, result)) continue;
      used.add(entry);
      result.status = 'known';
    }
  }
  return { stale: entries.filter((entry) => tried.has(entry) && !used.has(entry)) };
}

module.exports = { readKnown, isKnown, applyKnown };
