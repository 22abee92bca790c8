// What a real BuildKit passes on of a step's output: characters and streams whole, and where it clips, the log says so.
import { Readable } from 'node:stream';
import { EngineClient } from '../../worker/engines/docker/client';
import { DockerEngine } from '../../worker/engines/docker/engine';
import { describeWith, dockerEngine, findParts, findRootParts, type DockerEngine as EnginePart } from '../support/parts';
import { tar } from './support/fakes';
import { importBaseImage } from './support/real';

const parts = findRootParts('dockerd', 'containerd', 'runc', 'iptables') && findParts('busybox');

/** 6 MiB, in lines. */
const MUCH = 'yes 0123456789abcdef | head -c 6291456';
/** The step's own line has the word as well. */
const printedBy = (log: string) => (log.match(/0123456789abcdef/g)?.length ?? 0) - 1;
const ALL = Math.floor(6_291_456 / 17);

describeWith(parts)("BuildKit's logs", () => {
  let part: EnginePart;
  let lifted: EnginePart;
  beforeAll(async () => {
    part = await dockerEngine();
    // As docs/worker-design.md says; engines take over the environment they are started with.
    Object.assign(process.env, { BUILDKIT_STEP_LOG_MAX_SIZE: '2147483647', BUILDKIT_STEP_LOG_MAX_SPEED: '2097152' });
    lifted = await dockerEngine();
    for (const { address } of [part, lifted]) importBaseImage(address);
  }, 120_000);
  afterAll(() => Promise.all([part?.stop(), lifted?.stop()]), 60_000);

  async function logOf(builder: 'buildkit' | 'classic', command: string, { socketPath } = part): Promise<string> {
    const engine = new DockerEngine({ client: new EngineClient({ socketPath }), builder });
    const context = await tar([{ name: 'Dockerfile', content: `FROM base:1\nRUN ${command}\n` }]);
    const pieces: Buffer[] = [];
    await engine.build(
      {
        id: 'x',
        context: () => Readable.from([context]),
        dockerfile: 'Dockerfile',
        tag: 'log:1',
        args: {},
        labels: {},
        secrets: {},
        logins: {},
        noCache: true,
        needsBuildKit: false,
      },
      { output: async (output) => void pieces.push(Buffer.from(output)), signal: new AbortController().signal },
    );
    return Buffer.concat(pieces).toString('utf8');
  }

  it('has characters that were printed in halves, and lines that two streams printed at once', async () => {
    // The whale in two writes, with time between: two messages of the engine.
    const log = await logOf(
      'buildkit',
      "printf '\\360\\237' && sleep 1 && printf '\\220\\263\\n' && printf out && sleep 1 && printf 'err\\n' >&2 && sleep 1 && printf 'put\\n'",
    );
    expect(log).toMatch(/^#\d+ 🐳$/m);
    expect(log).toMatch(/^#\d+ output$/m);
    expect(log).toMatch(/^#\d+ err$/m);
    expect(log).not.toContain('\ufffd');
  }, 60_000);

  it('says that it is clipped, and how to lift that', async () => {
    const log = await logOf('buildkit', MUCH);
    expect(printedBy(log)).toBeGreaterThan(1000);
    expect(printedBy(log)).toBeLessThan(ALL);
    expect(log).toMatch(
      /^#(\d+) \[output clipped, log limit .* reached\]\n#\1 The engine clips the output of a step; its environment's BUILDKIT_STEP_LOG_MAX_SIZE and /m,
    );
  }, 60_000);

  it('is whole where that is raised', async () => {
    // More than 2 MiB, but not at once: Docker 20.10 hangs when some MiB are printed between two of its messages.
    const log = await logOf(
      'buildkit',
      'for part in 1 2 3 4 5 6 7 8 9 10 11 12; do yes 0123456789abcdef | head -c 204000; sleep 0.3; done',
      lifted,
    );
    expect(printedBy(log)).toBe((12 * 204_000) / 17);
    expect(log).not.toContain('clips');
  }, 60_000);

  it('is whole with the classic builder', async () => expect(printedBy(await logOf('classic', MUCH))).toBe(ALL), 60_000);
});
