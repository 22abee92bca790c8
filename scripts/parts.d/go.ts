// Programs built from Go modules: as the module's own main module, so that its replacements and its go.sum hold.
import { copyFileSync, chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder, isExecutable, onPath } from './cache';
import { LIBRARIES } from './debian';
import type { Part } from './part';
import { output, run } from './run';

interface GoPart {
  /** The part: the program. */
  name: string;
  /** As versions.ts has it. */
  version: string;
  /** The module's path. */
  module: string;
  /** The module's version, `v${version}` by default. */
  tag?: string;
  /** What to build, relative to the module. */
  package: string;
  /** Besides -s -w. */
  ldflags?: string;
  /** Build tags; none by default. */
  tags?: readonly string[];
  /** Gives, before it builds, the folder that Debian packages with the C libraries to be linked were unpacked to; none by default. */
  libraries?: () => Promise<{ root: string; names: readonly string[] }>;
  /** Changes the module's go.mod before it is used. */
  mend?: (goMod: string) => string;
  /** Whether a program of this name on PATH will do; none does by default. */
  fits?: (program: string) => boolean;
}

/** In any case the program is static, and runs in an empty image. */
function compiler(linked: { root: string; names: readonly string[] } | undefined): Record<string, string> {
  if (!linked) return { CGO_ENABLED: '0' };
  return {
    CGO_ENABLED: '1',
    CGO_CFLAGS: `-I${join(linked.root, 'usr/include')}`,
    CGO_LDFLAGS: [...LIBRARIES.map((library) => `-L${join(linked.root, library)}`), ...linked.names.map((name) => `-l${name}`)].join(' '),
    // The two lines above say what it would find, in folders that it does not look into.
    PKG_CONFIG: 'true',
  };
}

/**
 * `go install module@version` refuses modules with replacements. Building inside the module's folder of Go's own cache does not,
 * and takes the very versions that the project released with; -modfile keeps that folder as it is.
 */
export function goPart({
  name,
  version,
  module,
  tag = `v${version}`,
  package: target,
  ldflags = '',
  tags = [],
  libraries,
  mend = (text) => text,
  fits = () => false,
}: GoPart): Part {
  const place = (): string => folder('go', `${module.replaceAll('/', '_')}@${tag}`);
  const built = (): string => join(place(), 'bin', name);
  const pathProgram = (): string | undefined => {
    const program = onPath(name);
    return program !== undefined && fits(program) ? program : undefined;
  };
  return {
    name,
    version,
    find: () => pathProgram() ?? (isExecutable(built()) ? built() : undefined),
    async install() {
      await run(name, ['go', 'mod', 'download', `${module}@${tag}`], { cwd: place() });
      const download = output('go', 'mod', 'download', '-json', `${module}@${tag}`);
      const source = (JSON.parse(download) as { Dir: string }).Dir;
      const goMod = join(place(), `${name}.mod`);
      writeFileSync(goMod, mend(readFileSync(join(source, 'go.mod'), 'utf8')));
      const sums = join(source, 'go.sum');
      if (existsSync(sums)) {
        copyFileSync(sums, join(place(), `${name}.sum`));
        chmodSync(join(place(), `${name}.sum`), 0o644);
      }
      folder('go', `${module.replaceAll('/', '_')}@${tag}`, 'bin');
      const unfinished = `${built()}.unfinished`;
      const linked = libraries && (await libraries());
      await run(
        name,
        [
          'go',
          'build',
          '-mod=mod',
          `-modfile=${goMod}`,
          '-buildvcs=false',
          '-trimpath',
          ...(tags.length ? ['-tags', tags.join(',')] : []),
          '-ldflags',
          `-s -w ${linked ? '-extldflags=-static ' : ''}${ldflags}`.trim(),
          '-o',
          unfinished,
          target,
        ],
        { cwd: source, env: { ...process.env, GOFLAGS: '', GOWORK: 'off', ...compiler(linked) } },
      );
      renameSync(unfinished, built());
    },
  };
}
