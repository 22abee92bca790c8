// Where the server listens: on all addresses, also where there is no IPv6.
import { codeOf } from './errors';

const NO_IPV6 = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL']);

/** Listens on `host`, or for `::` on a machine without IPv6 on `0.0.0.0`. @returns the address that was taken. */
export async function listen(open: (host: string) => Promise<unknown>, host: string): Promise<string> {
  try {
    await open(host);
    return host;
  } catch (error) {
    if (host !== '::' || !NO_IPV6.has(codeOf(error) ?? '')) throw error;
    await open('0.0.0.0');
    return '0.0.0.0';
  }
}
