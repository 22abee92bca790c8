// `npm run build:executable`: the command line as one file that needs nothing else, made of its bundle and Bun's runtime.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { bundle, lazy } from './build/bundle';
import { bun, PLATFORMS, thisPlatform, type Platform } from './parts.d/bun';
import type { Part } from './parts.d/part';
import { flagsOf, wrongCall } from './support/flags';
import { root } from './support/places';

const USAGE = `usage: npm run build:executable -- [--platform PLATFORM]... [--output FILE]
  --platform   ${PLATFORMS.join('|')}, again for more (default this machine's)
  --output     where the file goes, for one platform (default build/cdk8s-estafette, with the platform behind it where one is given)`;

/** Times that code runs before it is compiled to the machine's, against Bun's own measure: a start is over before compiling pays. */
const PATIENCE = 10;

async function installed(part: Part): Promise<string> {
  if (!part.find()) await part.install();
  const path = part.find();
  if (path === undefined) throw new Error(`${part.name}: installed, but version ${part.version} is not there`);
  return path;
}

/** @param bundled the program as one file of JavaScript */
async function compile(bundled: string, platform: Platform, output: string): Promise<void> {
  if (!thisPlatform) throw new Error(`there is no Bun for ${process.platform}-${process.arch} here; platforms: ${PLATFORMS.join(', ')}`);
  const compiler = await installed(bun[thisPlatform]);
  mkdirSync(dirname(output), { recursive: true });
  const unfinished = `${output}.unfinished`;
  const { status, stderr, error } = spawnSync(
    compiler,
    [
      ...['build', '--compile', '--bytecode', `--compile-jit-policy=${PATIENCE}`, bundled, '--outfile', unfinished],
      // The folder that the program runs in is the user's, not its own.
      ...['--no-compile-autoload-dotenv', '--no-compile-autoload-bunfig'],
      ...[`--target=bun-${platform}`, '--compile-executable-path', await installed(bun[platform])],
    ],
    // What a person has set for a Bun of their own means nothing here.
    { cwd: dirname(bundled), encoding: 'utf8', env: { ...process.env, BUN_OPTIONS: '' } },
  );
  if (status !== 0) throw new Error(`Bun cannot make the file for ${platform}: ${error?.message ?? stderr.trim()}`);
  renameSync(unfinished, output);
}

async function main(): Promise<number> {
  const { values: flags } = flagsOf(USAGE, { options: { platform: { type: 'string', multiple: true }, output: { type: 'string' } } });
  const unknown = flags.platform?.find((platform) => !PLATFORMS.some((known) => known === platform));
  if (unknown !== undefined) return wrongCall(`there is no platform "${unknown}"`, USAGE);
  if (flags.output !== undefined && (flags.platform?.length ?? 0) > 1) return wrongCall('--output is for one platform', USAGE);
  const platforms = (flags.platform as Platform[] | undefined) ?? (thisPlatform ? [thisPlatform] : []);
  if (!platforms.length) return wrongCall(`no file can be made for ${process.platform}-${process.arch}`, USAGE);
  const folder = mkdtempSync(join(tmpdir(), 'executable-'));
  try {
    const bundled = join(folder, 'cdk8s-estafette.js');
    await build({ ...bundle, plugins: [lazy], entryPoints: ['cli/main.ts'], outfile: bundled });
    for (const platform of platforms) {
      const output = flags.output ?? join(root, 'build', flags.platform ? `cdk8s-estafette-${platform}` : 'cdk8s-estafette');
      await compile(bundled, platform, output);
      say(relative(process.cwd(), output), 0);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return 0;
}

function say(text: string, code: number): number {
  (code === 0 ? console.log : console.error)(text);
  return code;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.exitCode = say(error instanceof Error ? error.message : String(error), 1);
  },
);
