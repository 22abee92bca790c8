// Starts the worker from the environment, and ends it in order at SIGTERM and SIGINT.
import { debugSetting } from './quiet';
import pino from 'pino';
import { createApp } from './app';
import { ConfigError, readConfig, type Config } from './config';
import { messageOf } from './errors';
import { createWorker } from './worker';

function fail(message: string): never {
  process.stderr.write(`${message.split('\n').map((line) => `Error: ${line}`).join('\n')}\n`);
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
  const worker = await createWorker(config, logger);
  const app = await createApp(worker, logger);
  await app.listen({ port: config.PORT, host: config.HOST });
  if (config.AUTH_TOKEN === undefined) logger.warn('no AUTH_TOKEN: listening on loopback only');
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    // Builds first, while their logs can still be followed; new ones are refused meanwhile.
    worker
      .close()
      .then(() => app.close())
      .then(() => process.exit(0))
      .catch((error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => fail(messageOf(error)));
