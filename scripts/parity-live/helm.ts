// Helm, rendering one chart after another in one process.
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

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

export class HelmProcess {
  private readonly child;
  private readonly answers;

  /** @param program path of helm-many */
  constructor(program: string) {
    this.child = spawn(program, [], { env: ENVIRONMENT, stdio: ['pipe', 'pipe', 'pipe'] });
    // Values of other kinds than the chart's make Helm warn.
    createInterface({ input: this.child.stderr }).on('line', (line) => {
      if (!line.startsWith('level=INFO')) console.error(line);
    });
    this.answers = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  /** @param args of a command; one at a time */
  async run(args: readonly string[]): Promise<Answer> {
    this.child.stdin.write(`${JSON.stringify(args)}\n`);
    const { value, done } = await this.answers.next();
    if (done) throw new Error(`helm-many ended at ${args.join(' ')}`);
    const { output, errors, failed } = JSON.parse(value) as Line;
    return { isRefused: failed, text: failed ? errors : output };
  }

  stop(): void {
    this.child.stdin.end();
  }
}

/** The same by Helm's own program. @param helm its path */
export function runOnce(helm: string, args: readonly string[]): Answer {
  const { status, stdout, stderr } = spawnSync(helm, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  return { isRefused: status !== 0, text: status === 0 ? stdout : stderr };
}
