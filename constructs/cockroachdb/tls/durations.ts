// Lifetimes of certificates, in hours, and the schedules that follow from them.
import { isTrue, text } from '../../../helm/print';
import type { Values } from '../../../helm/schema';
import type { tlsValues } from './values';

export type SelfSigner = Values<typeof tlsValues>['certs']['selfSigner'];

/** A lifetime such as `672h` as a number of hours: 0 for what is not a whole number, as the chart has it. */
export function hoursOf(value: unknown): number {
  const digits = text(value).replace(/h$/, '');
  if (!/^[+-]?[0-9]+$/.test(digits)) return 0;
  // A leading zero makes the number octal in Go.
  if (/^[+-]?0[0-9]/.test(digits)) return /^[+-]?[0-7]+$/.test(digits) ? parseInt(digits, 8) : 0;
  return Number(digits);
}

/** The time for which a certificate is in use before it is renewed. */
const inUse = (duration: unknown, window: unknown): number => hoursOf(duration) - hoursOf(window);

export const caInUse = (values: SelfSigner): number => inUse(values.caCertDuration, values.caCertExpiryWindow);
export const clientInUse = (values: SelfSigner): number => inUse(values.clientCertDuration, values.clientCertExpiryWindow);
export const nodeInUse = (values: SelfSigner): number => inUse(values.nodeCertDuration, values.nodeCertExpiryWindow);

/** Shortest time that a certificate may be in use: given, or what client and node certificates make of it. */
export const minimumInUse = (values: SelfSigner): number =>
  isTrue(values.minimumCertDuration) ? hoursOf(values.minimumCertDuration) : Math.min(clientInUse(values), nodeInUse(values));

/**
 * A cron schedule that comes round after about so many hours, never later. Cron knows no more than a year, and months
 * are taken as 31 days.
 */
export function scheduleAfter(total: number): string {
  if (total % 24 === total) return total === 0 ? '0 0 * * *' : `0 */${total} * * *`;
  const hours = total % 24;
  const days = Math.trunc(total / 24);
  if (days % 31 === days) return `0 ${hours} */${days} * *`;
  const months = Math.trunc(days / 31);
  return `0 ${hours} ${(days % 31) + 1} */${months % 12 === months ? months : (months % 12) + 1} *`;
}

export const caRotationSchedule = (values: SelfSigner): string => scheduleAfter(caInUse(values));
export const certificateRotationSchedule = (values: SelfSigner): string => scheduleAfter(minimumInUse(values));
