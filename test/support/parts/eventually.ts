// For what becomes true after a while.
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the answer fits, and gives it back; a question that fails is asked again. @throws Error with the last answer */
export async function eventually<T>(ask: () => Promise<T>, fits: (answer: T) => boolean, seconds = 60): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    let last: unknown;
    try {
      const answer = await ask();
      if (fits(answer)) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline)
      throw new Error(`after ${seconds} s: ${typeof last === 'object' && !(last instanceof Error) ? JSON.stringify(last) : String(last)}`, {
        cause: last,
      });
    await sleep(500);
  }
}
