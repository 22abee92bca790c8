// Certificates that end soon: in Secrets, and as cert-manager tells it.
import { X509Certificate } from 'node:crypto';
import { at, referenceTo, type Thing } from '../diff/objects';
import { secretBytes } from '../diff/secrets';
import type { Problem } from './problem';

const DAY = 86_400_000;
const SOON = 30 * DAY;
const PEM = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** @param now milliseconds since 1970 */
export function endingCertificates(objects: readonly Thing[], now: number): Problem[] {
  return objects.flatMap((object): Problem[] => {
    const ends = endsOf(object).filter(({ end }) => end - now < SOON);
    const first = ends.toSorted((a, b) => a.end - b.end)[0];
    return first
      ? [
          {
            ...referenceTo(object),
            trouble: 'certificate',
            message: `${first.end <= now ? 'ended' : 'ends'} ${new Date(first.end).toISOString()}${
              first.end <= now ? '' : `, in ${Math.floor((first.end - now) / DAY)} days`
            }`,
            details: ends.length > 1 ? [ends.map(({ key }) => key).join(', ')] : [],
          },
        ]
      : [];
  });
}

/** When each certificate ends, in milliseconds. */
function endsOf(object: Thing): { readonly key: string; readonly end: number }[] {
  if (object.kind === 'Certificate') {
    const end = Date.parse(String(at(object, 'status', 'notAfter')));
    return Number.isNaN(end) ? [] : [{ key: 'status.notAfter', end }];
  }
  if (object.kind !== 'Secret') return [];
  return [...secretBytes(object)].flatMap(([key, bytes]) =>
    [...bytes.toString('latin1').matchAll(PEM)].flatMap(([text]) => {
      try {
        return [{ key, end: Date.parse(new X509Certificate(text).validTo) }];
      } catch {
        // Whoever uses it says what is wrong with it.
        return [];
      }
    }),
  );
}
