// Components that were given another name, while others still ask for the usual one.
import type { Warning } from '../../helm/check';
import type { Context } from '../common/context';
import type { Entry } from '../common/entry';
import { apiName, databaseClientSecret, databaseHost, namesIn, queueHost, webName } from './common/neighbours';
import type { estafetteValues } from './values';

/** One for each component that goes by another name, with the components that still ask for the usual one. */
export function renamedWarnings(entries: readonly Entry[], { release }: Context<typeof estafetteValues>): Warning[] {
  const names = namesIn(release);
  // The first is a Service of the component; others may ask for any of them.
  const usual = {
    api: [apiName(names)],
    web: [webName(names)],
    db: [databaseHost(names), databaseClientSecret(names)],
    queue: [queueHost(names).replace(/^.*\./, '')],
  };
  return Object.entries(usual).flatMap(([key, asked]) => {
    const own = entries.filter(({ owner }) => owner[0] === key);
    if (!own.length || own.some(({ object: { kind, metadata } }) => kind === 'Service' && metadata.name === asked[0])) return [];
    const pattern = new RegExp(`(?<![-a-z0-9])(${asked.join('|')})(?![-a-z0-9])`);
    const others = [
      ...new Set(
        entries
          .filter(({ owner, object }) => owner[0] !== key && pattern.test(JSON.stringify(object)))
          .map(({ owner: [other = ''] }) => other),
      ),
    ];
    if (!others.length) return [];
    return [
      {
        path: key,
        message:
          `there is no ${asked.join(' or ')} under its other name, and ${others.join(', ')} still ` +
          `ask${others.length > 1 ? '' : 's'} for it: give ${others.length > 1 ? 'them' : 'it'} the new name, too`,
      },
    ];
  });
}
