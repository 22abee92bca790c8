// After a start: what the last process left running goes back to the queue, or ends.
import { messageOf } from '../errors';
import { STOPPED, type Endings, type EndingOptions } from './ending';
import { isRunning, type BuildRecord } from '../state/record';

/** A build that takes the worker or the engine down with it is given up. */
export const MOST_ATTEMPTS = 4;
/** Attempts beside other builds. */
const ATTEMPTS_BESIDE_OTHERS = 2;

/**
 * Whether the next attempt must have the worker and the engine to itself: lost twice, a build is under suspicion, and so is each that ran
 * beside it.
 * Alone, the one that is to blame is lost again and given up; the others come to their end.
 */
export function runsAlone({ attempts }: Pick<BuildRecord, 'attempts'>): boolean {
  return attempts >= ATTEMPTS_BESIDE_OTHERS;
}

/** What goes wrong with one build is told, and keeps neither the others nor the worker from going on. */
export async function recover(options: EndingOptions, endings: Endings, adopts: boolean): Promise<void> {
  for (const record of options.records.open()) {
    try {
      // A build that outlives the process is stopped by who goes on with it.
      if (adopts && isRunning(record.state)) continue;
      await recoverOne(options, endings, record);
    } catch (error) {
      options.events.trouble(record.key, messageOf(error), error);
    }
  }
}

async function recoverOne({ records, logs }: EndingOptions, endings: Endings, record: BuildRecord): Promise<void> {
  if (record.stopRequested === true) return endings.endIdle(record.key, STOPPED);
  if (!isRunning(record.state)) return;
  if (record.attempts >= MOST_ATTEMPTS)
    return endings.endIdle(record.key, {
      state: 'failed',
      reason: `the worker ended ${record.attempts} times while the build was ${record.state}`,
    });
  const log = await endings.openLog(record, undefined);
  try {
    await log?.spool.line(
      `The worker was restarted while the build was ${record.state}; ` +
        `${record.digest === undefined ? 'the build begins again' : 'latest is pushed again'}.`,
    );
    await log?.spool.end();
  } finally {
    await records.transition(record.key, { state: 'queued' });
    logs.forget(record.key);
  }
}
