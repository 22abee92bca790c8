// For what becomes true after a while.
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the answer fits, and gives it back. @throws Error with the last answer */
export async function eventually(ask: () => Promise<string>, fits: (answer: string) => boolean, seconds = 60): Promise<string> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask().catch(String);
    if (fits(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`after ${seconds} s: ${answer}`);
    await sleep(500);
  }
}
