// What a build's callback address is told: one notice when it is taken, one when it ends, sealed until they are answered.
import { createHash } from 'node:crypto';
import type { Notice } from '../state/records';
import type { BuildRecord } from '../state/record';
import type { Seal } from '../state/seal';

/** How often an end is sent again that a pending notice may overtake. */
export const REPEATS = 2;

export interface CallbackTarget {
  readonly callback?: string | null | undefined;
  readonly callback_auth?: string | null | undefined;
  /** As posted: number or text. */
  readonly build_number: number | string;
}

export interface Letter {
  readonly url: string;
  readonly authorization: string | null;
  readonly body: string;
}

/** Always the same for the same build and step, so that a receiver can tell a repetition. */
export function eventId(record: Pick<BuildRecord, 'key' | 'sequence' | 'fingerprint'>, step: 0 | 1): string {
  return createHash('sha256').update(`${record.key}#${record.sequence}#${record.fingerprint}#${step}`).digest('hex').slice(0, 32);
}

/** buildshuttle's fields first and in its order; it knows no other ends than succeeded and failed. */
function bodyOf(record: BuildRecord, number: number | string, step: 0 | 1): string {
  const status = step === 0 ? 'pending' : record.state === 'succeeded' ? 'succeeded' : 'failed';
  const ending =
    step === 0
      ? {}
      : {
          state: record.state,
          ...(record.digest === undefined ? {} : { digest: record.digest }),
          ...(record.reason === undefined ? {} : { reason: record.reason }),
        };
  return JSON.stringify({ id: number, status, building: false, type: 'buildshuttle', event_id: eventId(record, step), ...ending });
}

/** What makes a notice due; it is written down with the change of the state. `undefined` for a build without a callback address. */
export function noticeOf(seal: Seal, record: BuildRecord, target: CallbackTarget, step: 0 | 1): Notice | undefined {
  if (target.callback === undefined || target.callback === null || target.callback === '') return undefined;
  const key = `${record.key}#${step}`;
  const letter: Letter = {
    url: target.callback,
    authorization: target.callback_auth ?? null,
    body: bodyOf(record, target.build_number, step),
  };
  return {
    step,
    build: record.key,
    sealed: seal.close(key, JSON.stringify(letter)),
    host: new URL(target.callback).host,
    attempts: 0,
    notBefore: 0,
    spent: 0,
    ...(step === 1 && record.pendingUnanswered === true ? { repeats: REPEATS } : {}),
  };
}
