// Components that were given another name, while others still ask for the usual one.
import { Manifest } from '../common/manifest';
import type { ReleaseChart } from '../release/release-chart';
import { apiName, databaseClientSecret, databaseHost, namesIn, queueHost, webName } from './common/neighbours';

/** One sentence for each component that goes by another name, with the components that still ask for the usual one. */
export function renamedWarnings(chart: ReleaseChart): string[] {
  const names = namesIn(chart.release);
  // The first is a Service of the component; others may ask for any of them.
  const usual = {
    api: [apiName(names)],
    web: [webName(names)],
    db: [databaseHost(names), databaseClientSecret(names)],
    queue: [queueHost(names).replace(/^.*\./, '')],
  };
  return Object.entries(usual).flatMap(([key, asked]) => {
    const part = chart.node.tryFindChild(key);
    if (!part || manifestsOf(part).some(({ kind, name }) => kind === 'Service' && name === asked[0])) return [];
    const pattern = new RegExp(`(?<![-a-z0-9])(${asked.join('|')})(?![-a-z0-9])`);
    const others = chart.node.children.filter(
      (other) => other !== part && manifestsOf(other).some((manifest) => pattern.test(JSON.stringify(manifest.toJson()))),
    );
    if (!others.length) return [];
    return [
      `${key}: there is no ${asked.join(' or ')} under its other name, and ${others.map((other) => other.node.id).join(', ')} still ask${others.length > 1 ? '' : 's'} for it: give ${others.length > 1 ? 'them' : 'it'} the new name, too`,
    ];
  });
}

const manifestsOf = (part: { readonly node: { findAll(): unknown[] } }): Manifest[] =>
  part.node.findAll().filter((child): child is Manifest => child instanceof Manifest);
