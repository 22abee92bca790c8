// Bun, with which one file is made of the command line: its runtime for each platform that the file can be for, from npm.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder, isExecutable } from './cache';
import type { Part } from './part';
import { run } from './run';
import { versions } from './versions';

const version = versions.bun;

/** Packages of the platforms. */
const packages = {
  'linux-x64': '@oven/bun-linux-x64',
  'linux-arm64': '@oven/bun-linux-aarch64',
  'darwin-arm64': '@oven/bun-darwin-aarch64',
} as const;

export type Platform = keyof typeof packages;
export const PLATFORMS = Object.keys(packages) as Platform[];

/** Undefined where no file can be made for it. */
export const thisPlatform = PLATFORMS.find((platform) => platform === `${process.platform}-${process.arch}`);

function runtimePart(platform: Platform): Part {
  const place = (): string => folder('bun', version, platform);
  const installed = (): string => join(place(), 'node_modules', packages[platform], 'bin', 'bun');
  const versionOf = (manifest: string): string | undefined =>
    existsSync(manifest) ? (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version : undefined;
  return {
    name: `bun-${platform}`,
    version,
    find: () =>
      isExecutable(installed()) && versionOf(join(installed(), '..', '..', 'package.json')) === version ? installed() : undefined,
    // Forced, since another platform's is a file like any other here.
    install: () =>
      run(`bun-${platform}`, [
        ...['npm', 'install', '--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--force'],
        ...['--prefix', place(), `${packages[platform]}@${version}`],
      ]),
  };
}

export const bun = Object.fromEntries(PLATFORMS.map((platform) => [platform, runtimePart(platform)])) as Readonly<Record<Platform, Part>>;
