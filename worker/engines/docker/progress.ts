// What the engine streams back (JSON messages, BuildKit's traces inside) as log lines and a result.
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { BuildFailure, EngineUnavailable } from '../../errors';
import type { Output } from '../engine';
import { Lines } from '../../logs/lines';
import { Trace } from './trace';

const message = z.object({
  id: z.string().optional(),
  stream: z.string().optional(),
  status: z.string().optional(),
  progress: z.string().optional(),
  error: z.string().optional(),
  errorDetail: z.looseObject({ code: z.number().optional(), message: z.string().optional() }).optional(),
  aux: z.unknown().optional(),
});
const aux = z.looseObject({ ID: z.string().optional(), Digest: z.string().optional(), Tag: z.string().optional() });

export interface Outcome {
  /** Id of the image that was built. */
  readonly image?: string | undefined;
  /** Digest that the registry has taken. */
  readonly digest?: string | undefined;
}

/** A message is one line of JSON; the engine's are far below. */
const MOST_MESSAGE_BYTES = 64 * 1024 ** 2;
/**
 * Said by an engine that is being stopped, of every build it had. The end of the
 * message: what stands before may be a Dockerfile's own words.
 */
const GOING_DOWN =
  /(?:^|: |desc = )(?:context canceled|(?:the )?(?:server|daemon) is shutting down|transport is closing|(?:the )?client connection is closing|server is not initialized|no such session|no active session(?: for [\w-]+)?(?:: context deadline exceeded)?)\.?$/i;
/** Said of a command that ran and failed. */
const EXIT_CODE = /\b(?:returned a non-zero code|exit code): \d+$/;

/** Said by the classic builder after each step. */
const STEP_IMAGE = /^ ---> ([0-9a-f]{12})$/;

/**
 * @param onStep told the image of each step of the classic builder
 * @throws BuildFailure with the engine's message as soon as it tells an error; EngineUnavailable when the stream breaks off.
 */
export async function readProgress(stream: Readable, output: Output, onStep?: (image: string) => void): Promise<Outcome> {
  const outcome: { image?: string; digest?: string } = {};
  const trace = new Trace();
  const lines = new Lines(MOST_MESSAGE_BYTES);
  for await (const chunk of stream) {
    for (const { bytes, whole } of lines.push(Buffer.from(chunk))) {
      if (!whole) throw new EngineUnavailable(`the Docker engine sent a message of more than ${MOST_MESSAGE_BYTES} bytes`);
      await take(bytes);
    }
  }
  await take(lines.rest());
  await output(trace.end());
  return outcome;

  async function take(line: Buffer): Promise<void> {
    const text = line.toString('utf8');
    if (text.trim() === '') return;
    const event = parse(text);
    const failure = event.errorDetail?.message ?? event.error;
    if (failure !== undefined) {
      await output(trace.end());
      await output(`${failure}\n`);
      const code = event.errorDetail?.code;
      if (code === undefined && !EXIT_CODE.test(failure) && GOING_DOWN.test(failure))
        throw new EngineUnavailable(`the Docker engine gave up: ${failure}`);
      throw new BuildFailure(explain(failure, code));
    }
    if (event.id === 'moby.buildkit.trace' && typeof event.aux === 'string') {
      await output(trace.read(Buffer.from(event.aux, 'base64')));
      return;
    }
    const extra = aux.safeParse(event.aux);
    if (extra.success && extra.data.ID !== undefined) outcome.image = extra.data.ID;
    if (extra.success && extra.data.Digest !== undefined) outcome.digest = extra.data.Digest;
    const [, step] = STEP_IMAGE.exec(event.stream?.slice(0, 40).trimEnd() ?? '') ?? [];
    if (step !== undefined) onStep?.(step);
    if (event.stream !== undefined) await output(event.stream);
    // Progress bars are for terminals; of each layer the steps are told.
    else if (event.status !== undefined && (event.progress === undefined || event.progress === ''))
      await output(`${event.id === undefined ? '' : `${event.id}: `}${event.status}\n`);
  }
}

function parse(line: string): z.infer<typeof message> {
  try {
    return message.parse(JSON.parse(line));
  } catch (cause) {
    throw new EngineUnavailable('the Docker engine sent what is not a message of its API', { cause });
  }
}

function explain(failure: string, code: number | undefined): string {
  const killed = code === 137 || /\b(returned a non-zero code|exit code): 137\b/.test(failure);
  return killed ? `${failure} (killed: out of memory, most likely)` : failure;
}
