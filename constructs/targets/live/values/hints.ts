// Values that are computed with, by their names: what is known beforehand need not be tried when a chart is written.

const NAMES: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)imageRegistry$/, 'all images are changed by it'],
  [/(^|\.)cluster\.replicas$/, 'an address is written for each of them'],
  [/^secrets\./, 'it decides how secrets are kept'],
  [/^disasterRecovery\./, 'it decides which Jobs there are'],
];

/** The reason why nobody needs to try; undefined for a value of which nothing is known. */
export const fixedByName = (path: string): string | undefined => NAMES.find(([pattern]) => pattern.test(path))?.[1];
