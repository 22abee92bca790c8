// Starts the worker from the environment, and ends it in order at SIGTERM and SIGINT.
import { debugSetting } from './quiet';
import pino from 'pino';
import { createApp } from './app';
import { ConfigError, readConfig, type Config } from './config';
import { messageOf } from './errors';
import { listen } from './listen';
import { prepareWorker } from './worker';

/** After the grace period, until the process ends in any case. */
const DEADLINE_MS = 5000;

function fail(message: string): never {
  process.stderr.write(
    `${message
      .split('\n')
      .map((line) => `Error: ${line}`)
      .join('\n')}\n`,
  );
  process.exit(1);
}

function configure(): Config {
  try {
    return readConfig({ ...process.env, DEBUG: debugSetting });
  } catch (error) {
    if (error instanceof ConfigError) fail(error.message);
    throw error;
  }
}

async function main(): Promise<void> {
  const config = configure();
  const logger = pino({
    level: config.LOG_LEVEL ?? (config.DEBUG === '' ? 'info' : 'debug'),
    redact: ['req.headers.authorization', 'req.headers.cookie'],
  });
  const worker = await prepareWorker(config, logger);
  const app = await createApp(worker, logger);
  const host = await listen((address) => app.listen({ port: config.PORT, host: address }), config.HOST);
  if (host !== config.HOST) logger.warn(`no IPv6 on this machine: listening on ${host}`);
  if (config.AUTH_TOKEN === undefined)
    logger.warn(
      config.ALLOW_ANONYMOUS ? 'ALLOW_ANONYMOUS: everybody who reaches the worker may build' : 'no AUTH_TOKEN: listening on loopback only',
    );
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    // Whatever hangs: all that counts is on disk, and the next start goes on from there.
    setTimeout(() => {
      logger.error('not stopped in time; ending now');
      process.exit(1);
    }, config.SHUTDOWN_GRACE_MS + DEADLINE_MS).unref();
    // Builds first, while their logs can still be followed; new ones are taken for the next start meanwhile.
    worker
      .drain()
      .then(() => app.close())
      .then(() => worker.close())
      .then(() => process.exit(0))
      .catch((error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // Served already: what has to be brought back may take a while.
  await worker.start();
}

main().catch((error: unknown) => fail(messageOf(error)));
