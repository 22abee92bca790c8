// Questions that may hang: a build that is interrupted does not wait for their answer.
import { interruptionOf } from '../errors';

/** The answer, or the interruption as soon as it comes: a question that hangs keeps no build from its end. */
export async function orInterrupted<T>(signal: AbortSignal, question: Promise<T>): Promise<T> {
  let abort: () => void = () => undefined;
  const interrupted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(interruptionOf(signal) ?? new Error('interrupted'));
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
  });
  try {
    return await Promise.race([question, interrupted]);
  } finally {
    signal.removeEventListener('abort', abort);
    question.catch(() => undefined);
  }
}
