// Long work without waiting in between lets others have their turn, and ends when the build does.
import { setImmediate as yieldToOthers } from 'node:timers/promises';

/** Work between two turns of others. */
const TURN_MS = 10;

export class Turns {
  #begun = Date.now();

  constructor(private readonly signal: AbortSignal) {}

  /** Asked often, so that the answer costs little: only when it is `true`, `pass` is called. */
  get due(): boolean {
    return Date.now() - this.#begun >= TURN_MS;
  }

  /** Rejects with the signal's reason. */
  async pass(): Promise<void> {
    await yieldToOthers();
    this.signal.throwIfAborted();
    this.#begun = Date.now();
  }
}
