// Connections to Services of a cluster that was started a moment before.
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What a node says of a Service before it knows where that leads: it refuses connections while it knows of no ready pod, and
 * while it has not heard of the Service, it looks for another network that has the address.
 */
const NOT_YET = ['ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH'];

/** The code of an error of `fetch`: `ECONNREFUSED` and others. */
export const codeOf = (error: unknown): string | undefined => (error as { cause?: { code?: string } }).cause?.code;

export const isNotYet = (error: unknown): boolean => NOT_YET.includes(codeOf(error) ?? '');

/** Makes a request again, once a second, as long as nothing was connected, so nothing was asked either. */
export async function connected<T>(request: () => Promise<T>, patience = 30, pause = 1000): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (!isNotYet(error) || patience === 0) throw error;
    await sleep(pause);
    return connected(request, patience - 1, pause);
  }
}
