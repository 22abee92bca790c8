// What the published templates of external-dns refuse beyond the kinds of the values, and what they do hardly as meant.
import type { Issue, Warning } from '../../helm/check';
import { isTrue } from '../../helm/print';
import { notText } from '../common/checks';
import type { ExternalDnsContext } from './values';

/** Everything that Helm would refuse, too. */
export function issues({ values: { fullnameOverride, image, nameOverride, registry } }: ExternalDnsContext): Issue[] {
  const texts: [path: string[], value: unknown, isRead: boolean][] = [
    [['nameOverride'], nameOverride, isTrue(nameOverride)],
    [['fullnameOverride'], fullnameOverride, isTrue(fullnameOverride)],
    [['image', 'repository'], image.repository, true],
    [['registry'], registry, registry !== undefined],
  ];
  return texts
    .filter(([, value, isRead]) => isRead && typeof value !== 'string')
    .map(([path, value]) =>
      value === undefined ? { path, message: 'must not be null: leave the key out to keep the default' } : notText(value, path),
    );
}

export const warnings = ({ values: { registry } }: ExternalDnsContext): Warning[] =>
  registry === 'txt'
    ? []
    : [
        {
          path: 'registry',
          message:
            'only decides whether txtOwnerId and txtPrefix are passed on, as in the published chart; name the registry to ' +
            'external-dns in extraArgs, such as --registry=noop',
        },
      ];
