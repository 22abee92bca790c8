// Build args on their way to the engine and back: none is too large without a word, and their values are in nothing that people read.
import { createServer } from 'node:http';
import { join } from 'node:path';
import { URL } from 'node:url';
import fc from 'fast-check';
import { createApp } from '../../worker/app';
import { readConfig } from '../../worker/config';
import { checkBuildArgs, queryText } from '../../worker/engines/docker/query';
import { BuildFailure } from '../../worker/errors';
import { secretValues } from '../../worker/logs/secret-values';
import { createWorker } from '../../worker/worker';
import { parsePayload } from '../../worker/state/payload';
import { callbackReceiver, FakeEngine, payload, silent, tempFolder, until } from './support/fakes';

describe('build args', () => {
  it('are in no log and no reason, however the engine prints them', async () => {
    const folder = tempFolder();
    const engine = new FakeEngine();
    const secret = 'correct horse\nbattery: "staple"';
    const operators = 'the-operators-own';
    engine.onBuild = async ({ output }) => {
      for (const letter of `#5 RUN echo "//registry/:_authToken=${secret}"\n`) await output(letter);
      await output(`#6 ${operators.slice(0, 5)}`);
      await output(Buffer.from(`${operators.slice(5)} main-line\nno end, and then corr`));
      await output('ect horse');
      throw new BuildFailure(`The command '/bin/sh -c login ${secret}' returned a non-zero code: 1`);
    };
    const receiver = await callbackReceiver();
    const worker = await createWorker(
      readConfig({
        DATA_DIR: join(folder.path, 'data'),
        MIN_FREE_BYTES: '0',
        EGRESS_ALLOW: '127.0.0.1/32',
        EXTRA_BUILD_ARGS: JSON.stringify({ OPERATOR: operators }),
      }),
      silent,
      { engine },
    );
    const app = await createApp(worker, silent);
    try {
      const body = await payload(1, {
        branch: 'main-line',
        callback: receiver.url,
        build_args: { TOKEN: secret, BRANCH: 'main-line', SHORT: 'echo' },
      });
      const { key } = await worker.queue.accept(body);
      await until(() => worker.records.get(key)?.endedAt !== undefined);
      await until(() => receiver.received.some(({ body: notice }) => notice['status'] === 'failed'));
      const log = (await app.inject(`/${key}/logs`)).body;
      const status = (await app.inject(`/${key}`)).body;
      for (const text of [log, status, JSON.stringify(receiver.received)])
        for (const part of ['correct horse', 'battery', 'staple', operators]) expect(text).not.toContain(part);
      expect(log).toContain('#5 RUN echo "//registry/:_authToken=***"\n#6 *** main-line\nno end, and then ***\n');
      expect(JSON.parse(status)).toMatchObject({ reason: "The command '/bin/sh -c login ***' returned a non-zero code: 1" });
    } finally {
      await app.close();
      await worker.close();
      await receiver.close();
      folder.remove();
    }
  }, 30_000);

  it('and passwords are secret, what a build is called by is not', async () => {
    const values = secretValues(
      parsePayload(
        await payload(1, {
          sha: 'abcdef0',
          branch: 'feature/x',
          docker_password: 'docker-password',
          build_secrets: { npm: 'npm-token' },
          gm_registry_auth: { username: 'name-of-user', password: 'registry-password' },
          sources: 'https://user:p%40ssword@example.com/a.tgz',
          build_args: { SHA: 'abcdef0', BRANCH: 'feature/x', NUMBER: 1234567, KEY: 'a-key', NOTHING: null },
        }),
      ).payload,
      { PROXY: 'http://proxy' },
    );
    for (const value of ['docker-password', 'npm-token', 'registry-password', 'p@ssword', 'p%40ssword', '1234567', 'a-key', 'http://proxy'])
      expect(values).toContain(value);
    for (const value of ['abcdef0', 'feature/x', 'name-of-user']) expect(values).not.toContain(value);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['one', { ca: 'x'.repeat(500 * 1024 + 1) }, /^build_secrets\.ca: must be at most 500 KiB/],
    [
      'all',
      Object.fromEntries([...'abcdefghi'].map((id) => [id, 'ä'.repeat(250 * 1024)])),
      /^build_secrets: must be at most 4 MiB together/,
    ],
  ])('and build_secrets that are too large, %s of them, fail the build or are refused', async (_name, secrets, problem) => {
    expect(parsePayload(await payload(1, { build_secrets: secrets, callback: 'http://client.example/' })).problem).toMatch(problem);
    const refused = await payload(1, { build_secrets: secrets });
    expect(() => parsePayload(refused)).toThrow(problem.source.slice(1, 14));
    expect(parsePayload(await payload(1, { build_secrets: { ca: 'x'.repeat(500 * 1024), b: 'y' } })).problem).toBeUndefined();
  });

  it('are encoded no more than a query needs, and are read as they were', async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(new URL(request.url ?? '', 'http://engine').searchParams.get('buildargs') ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const read = (args: Record<string, string>) =>
      new URLSearchParams(queryText({ t: 'image:1', buildargs: args, none: undefined })).get('buildargs');
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.string({ unit: 'binary' })),
        (args) => expect(read(args)).toBe(JSON.stringify(args)) === undefined,
      ),
    );
    const args = { QUOTE: '"\'<>{}|\\^`', SPACE: 'a b\tc\nd', SIGNS: '%&+;#=?/', OTHER: 'äöü😀' };
    await fetch(`http://127.0.0.1:${port}/build?${queryText({ buildargs: args })}`);
    expect(seen.map((text) => JSON.parse(text) as unknown)).toEqual([args]);
    expect(queryText({ buildargs: { A: 'x/y' } })).toBe('buildargs={"A":"x/y"}');
    await new Promise((resolve) => server.close(resolve));
  });

  it('of more than the engine takes are refused with the sizes', () => {
    const check = (args: Record<string, string>) => () => checkBuildArgs(args, { buildargs: args }, 0);
    expect(check({ CA: 'x'.repeat(1_000_000) })).not.toThrow();
    expect(check({ CA: 'x'.repeat(1_000_000), KEY: ' '.repeat(20_000), A: 'a' })).toThrow(
      'the 3 build args take 1060007 bytes as the Docker engine is sent them, and with all else it takes 1048576 (the largest: CA 1000002, KEY 60002, A 3); ' +
        'pass fewer, or put large ones into the sources or build_secrets',
    );
  });
});
