// A registry for images, with or without a login.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needParts } from './find';
import { ownFolder } from './folder';
import { freePort } from './network';
import { once, type Part } from './part';
import { launch, responds, untilReady } from './program';

export interface RegistryOptions {
  /** The one login that is let in; everybody is by default. */
  readonly auth?: { readonly username: string; readonly password: string };
  /** Address of this machine that it listens on; loopback by default, which Docker engines speak plain HTTP to. */
  readonly host?: string;
}

export interface Registry extends Part {
  /** Ends its process; what it has stays. */
  halt(): Promise<void>;
  /** Starts it again at its address. */
  resume(): Promise<void>;
}

/** The registry reads bcrypt only, which Node.js lacks and the C library has. */
function bcrypt(password: string): string {
  const salt = `$2b$05$${randomBytes(22).toString('hex').slice(0, 22)}`;
  const { stdout, stderr } = spawnSync('perl', ['-e', 'print crypt($ARGV[0], $ARGV[1])', password, salt], { encoding: 'utf8' });
  if (!stdout.startsWith('$2b$')) throw new Error(`perl's crypt makes no bcrypt hash here: ${stdout}${stderr}`);
  return stdout;
}

/** Plain HTTP; address is `host:port`, the first piece of an image's name. */
export async function registry({ auth, host = '127.0.0.1' }: RegistryOptions = {}): Promise<Registry> {
  const parts = needParts('docker-registry');
  const folder = ownFolder('registry');
  const address = `${host}:${await freePort()}`;
  const logins = join(folder.path, 'htpasswd');
  if (auth) writeFileSync(logins, `${auth.username}:${bcrypt(auth.password)}\n`);
  const configuration = {
    version: '0.1',
    storage: { filesystem: { rootdirectory: join(folder.path, 'data') }, delete: { enabled: true } },
    http: { addr: address },
    ...(auth && { auth: { htpasswd: { realm: 'test', path: logins } } }),
  };
  // JSON is YAML too.
  writeFileSync(join(folder.path, 'config.yml'), JSON.stringify(configuration));
  const begin = () => launch({ program: parts['docker-registry'], args: ['serve', join(folder.path, 'config.yml')], folder: folder.path });
  let server = begin();
  const ready = (): Promise<void> => untilReady('registry', server, () => responds(`http://${address}/`));
  const stop = once(async () => {
    await server.stop();
    folder.remove();
  });
  try {
    await ready();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    address,
    env: {},
    stop,
    halt: () => server.stop(),
    async resume() {
      server = begin();
      await ready();
    },
  };
}
