// What a bare Job runs in the place of the worker's code: the same calls of the engine, and nothing else.

export interface BareBuild {
  /** URL of an archive. */
  readonly sources: string;
  /** URL that is asked when the first line is printed. */
  readonly told: string;
  readonly repository: string;
  readonly number: number;
}

/** For `node --eval`. */
export const bareBuild = (build: BareBuild): string => `(${run.toString()})(${JSON.stringify(build)})`;

/** Stands alone: its text runs in the pod. */
async function run({ sources, told, repository, number }: BareBuild): Promise<void> {
  // oxlint-disable-next-line typescript/no-require-imports
  const { request } = require('node:http') as typeof import('node:http');
  const { socketPath } = JSON.parse(process.env['DOCKER_BUILD_SETTINGS'] ?? '{}') as { readonly socketPath: string };
  const engine = (method: string, path: string, body?: Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/tar', 'x-registry-auth': Buffer.from('{}').toString('base64') };
      const outgoing = request({ socketPath, method, path, headers }, (answer) => {
        let text = '';
        answer.on('data', (chunk) => (text += String(chunk)));
        answer.on('end', () =>
          (answer.statusCode ?? 0) < 300 && !text.includes('"errorDetail"') ? resolve() : reject(new Error(text.slice(-500))),
        );
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  for (;;)
    try {
      await engine('GET', '/version');
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  process.stdout.write('The engine is there.\n');
  await fetch(told);
  const archive = Buffer.from(await (await fetch(sources)).arrayBuffer());
  const name = encodeURIComponent(`${repository}:1.${number}`);
  await engine('POST', `/build?version=2&nocache=1&networkmode=host&t=${name}`, archive);
  await engine('POST', `/images/${repository}/push?tag=1.${number}`);
  await engine('POST', `/images/${repository}:1.${number}/tag?repo=${repository}&tag=latest`);
  await engine('POST', `/images/${repository}/push?tag=latest`);
}
