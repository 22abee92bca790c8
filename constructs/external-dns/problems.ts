// What the published templates of external-dns refuse beyond the kinds of the values, and what they do hardly as meant.
import { ValuesError, type Issue } from '../../helm/check';
import { isTrue, text } from '../../helm/print';
import type { ExternalDnsContext } from './values';

/** @throws ValuesError with everything that Helm would refuse, too */
export function checkContext({ values, warn }: ExternalDnsContext): void {
  const { fullnameOverride, image, nameOverride, registry } = values;
  const texts: [path: string[], value: unknown, isRead: boolean][] = [
    [['nameOverride'], nameOverride, isTrue(nameOverride)],
    [['fullnameOverride'], fullnameOverride, isTrue(fullnameOverride)],
    [['image', 'repository'], image.repository, true],
    [['registry'], registry, registry !== undefined],
  ];
  const issues = texts
    .filter(([, value, isRead]) => isRead && typeof value !== 'string')
    .map(([path, value]): Issue => ({
      path,
      message:
        value === undefined
          ? 'must not be null: leave the key out to keep the default'
          : `must be text, not ${text(value)}: put it in quotes`,
    }));
  if (issues.length) throw new ValuesError(issues);
  if (registry !== 'txt')
    warn(
      'registry',
      'only decides whether txtOwnerId and txtPrefix are passed on, as in the published chart; name the registry to external-dns in extraArgs, such as --registry=noop',
    );
}
