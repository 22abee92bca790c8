// Many releases: one `synth` of ours against as many runs of Helm, and what memory it takes.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, peak, wall, type Command, type Goal } from './measure';
import type { MeasuredNode } from './nodes';
import { commandLine } from '../support/places';

export const RELEASES = 100;
/** Of which the memory is looked at. */
export const MOST_RELEASES = 1000;
/** How often ours runs, each time before as many runs of Helm: both see the same machine. */
export const TURNS = 5;
const TIMES_FASTER = 15;
const MORE_MEMORY = 1.25;

export interface ReleasesCost {
  ours: number;
  theirs: number;
  /** Peak MiB of RELEASES and of MOST_RELEASES; undefined where it cannot be measured. */
  mib: number | undefined;
  mostMib: number | undefined;
}

export function manyReleases(helm: string, chart: string, node: MeasuredNode): ReleasesCost {
  const folder = mkdtempSync(join(tmpdir(), 'bench-releases-'));
  try {
    const namesOf = (count: number): string[] => Array.from({ length: count }, (_, i) => `ci-${i + 1}`);
    const synth = (count: number): Command => {
      const file = join(folder, `${count}.yaml`);
      const list = namesOf(count).map((name) => `  - {name: ${name}, chart: estafette-ci, namespace: ${name}}\n`);
      writeFileSync(file, `releases:\n${list.join('')}`);
      const output = join(folder, `dist-${count}`);
      mkdirSync(output, { recursive: true });
      return [node.path, commandLine, 'synth', '-f', file, '-o', output];
    };
    const ours: number[] = [];
    let theirs = 0;
    wall(synth(RELEASES), { cwd: folder }); // the first run fills caches
    for (let turn = 0; turn < TURNS; turn++) {
      ours.push(wall(synth(RELEASES), { cwd: folder }));
      for (const name of namesOf(RELEASES).filter((_name, index) => index % TURNS === turn))
        theirs += wall([helm, 'template', name, chart, '--namespace', name]);
    }
    const [mib, mostMib] = [RELEASES, MOST_RELEASES].map((count) => peak(synth(count), { cwd: folder }));
    return { ours: median(ours), theirs, mib, mostMib };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param measured by `manyReleases` */
export function releaseGoals({ ours, theirs, mib, mostMib }: ReleasesCost, version: string): Goal[] {
  return [
    {
      what: `${RELEASES} releases, time, Node ${version}`,
      ratio: ours / theirs,
      goal: `at least ${TIMES_FASTER} times faster`,
      met: theirs / ours >= TIMES_FASTER,
    },
    ...(mib === undefined || mostMib === undefined
      ? []
      : [
          {
            what: `${MOST_RELEASES} releases, memory, Node ${version}`,
            ratio: mostMib / mib,
            goal: `at most ${MORE_MEMORY} times that of ${RELEASES}`,
            met: mostMib / mib <= MORE_MEMORY,
          },
        ]),
  ];
}
