// Helm, rendering one chart after another in one process.
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';

export interface Answer {
  readonly isRefused: boolean;
  /** What it prints, or why it refuses. */
  readonly text: string;
}

/** As helm-many writes it. */
interface Line {
  readonly output: string;
  readonly errors: string;
  readonly failed: boolean;
}

/** Collects seldom: the process is gone soon, and memory is cheaper than time. */
const ENVIRONMENT = { ...process.env, GOGC: '400' };
/** Helm keeps something of each command: after so many, another process takes its place. */
const MOST_COMMANDS = 500;

interface Running {
  readonly input: Writable;
  readonly answers: AsyncIterator<string, undefined>;
}

export class HelmProcess {
  private running: Running | undefined;
  private commands = 0;

  /** @param program path of helm-many */
  constructor(private readonly program: string) {}

  /** @param args of a command; more than one at a time are answered one after the other */
  async run(args: readonly string[]): Promise<Answer> {
    if (this.commands++ % MOST_COMMANDS === 0) this.restart();
    const { input, answers } = this.running ?? this.restart();
    input.write(`${JSON.stringify(args)}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error(`helm-many ended at ${args.join(' ')}`);
    const { output, errors, failed } = JSON.parse(value) as Line;
    return { isRefused: failed, text: failed ? errors : output };
  }

  /** Another process takes over; one that runs answers what it was asked, and ends. */
  private restart(): Running {
    this.stop();
    const { stdin, stdout, stderr } = spawn(this.program, [], { env: ENVIRONMENT, stdio: ['pipe', 'pipe', 'pipe'] });
    // Values of other kinds than the chart's make Helm warn.
    createInterface({ input: stderr }).on('line', (line) => {
      if (!line.startsWith('level=INFO')) console.error(line);
    });
    this.running = { input: stdin, answers: createInterface({ input: stdout })[Symbol.asyncIterator]() };
    return this.running;
  }

  stop(): void {
    this.running?.input.end();
  }
}

/** The same by Helm's own program. @param helm its path */
export function runOnce(helm: string, args: readonly string[]): Answer {
  const { status, stdout, stderr } = spawnSync(helm, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  return { isRefused: status !== 0, text: status === 0 ? stdout : stderr };
}
