// DevStats with one project and with a thousand: what a project costs, here and with Helm.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { medianOfAll, peak, wall, type Command, type Goal } from './measure';
import type { MeasuredNode } from './nodes';
import { commandLine, unpackedChart } from '../support/places';

export const PROJECTS = 1000;
export const TIMES = 5;
const LIMIT_MS = 3000;
const LIMIT_MIB = 500;

const projects = (count: number): unknown[] =>
  Array.from({ length: count }, (_, i) => ({
    proj: `p${i}`,
    db: `p${i}`,
    icon: `p${i}`,
    org: `Project ${i}`,
    repo: `org/p${i}`,
    cron: `${i % 60} * * * *`,
    disk: '1Gi',
  }));
const values = (count: number): unknown => ({
  mainProject: 'p0',
  existingSecret: { pg: 'pg-db', oauth: 'github-oauth', grafana: 'grafana-secret' },
  projects: projects(count),
  // The published chart makes objects of the first hundred only.
  ...Object.fromEntries(['Crons', 'Grafanas', 'Ingresses', 'Provisions', 'PVs', 'Services'].map((kind) => [`index${kind}To`, count])),
  ...Object.fromEntries(['skipPGSecret', 'skipGitHubSecret', 'skipGrafanaSecret'].map((skip) => [skip, 1])),
});

export interface ProjectCost {
  /** Of the program. */
  name: string;
  count: number;
  ms: number;
  /** Undefined where it cannot be measured. */
  mib: number | undefined;
}

interface Run {
  name: string;
  count: number;
  command: Command;
  walls: number[];
  peaks: (number | undefined)[];
}

/**
 * Milliseconds and peak MiB of `template` for each number of projects, and of Helm's for the most, in turns. The goal is not a ratio to
 * another program that the
 * same load slows down: the fastest run is the one that was disturbed least.
 */
export function manyProjects(helm: string, node: MeasuredNode): [ProjectCost, ProjectCost, ProjectCost] {
  const folder = mkdtempSync(join(tmpdir(), 'bench-projects-'));
  try {
    const runOf = (name: string, count: number, command: Command): Run => {
      const file = join(folder, `${count}.yaml`);
      writeFileSync(file, JSON.stringify(values(count)));
      return { name, count, command: [...command, '-f', file], walls: [], peaks: [] };
    };
    const ours: Command = [node.path, commandLine, 'template', 'devstats', 'devstats'];
    const runs = [
      runOf('ours', 1, ours),
      runOf('ours', PROJECTS, ours),
      runOf('helm', PROJECTS, [helm, 'template', 'devstats', unpackedChart('devstats').folder]),
    ] as const;
    for (let time = 0; time < TIMES; time++) {
      for (const { command, walls, peaks } of runs) {
        walls.push(wall(command));
        peaks.push(peak(command));
      }
    }
    const costOf = ({ name, count, walls, peaks }: Run): ProjectCost => ({ name, count, ms: Math.min(...walls), mib: medianOfAll(peaks) });
    return [costOf(runs[0]), costOf(runs[1]), costOf(runs[2])];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param measured by `manyProjects` */
export function projectGoals([one, many, helm]: readonly [ProjectCost, ProjectCost, ProjectCost]): Goal[] {
  const share = (value: number, limit: number) => ({ ratio: value / limit, met: value <= limit });
  return [
    { what: `${PROJECTS} projects of DevStats, time`, ratio: many.ms / helm.ms, goal: "less than Helm's", met: many.ms < helm.ms },
    {
      what: `${PROJECTS} projects of DevStats, time more than one`,
      goal: `at most ${LIMIT_MS / 1000} s`,
      ...share(many.ms - one.ms, LIMIT_MS),
    },
    ...(many.mib === undefined
      ? []
      : [{ what: `${PROJECTS} projects of DevStats, memory`, goal: `at most ${LIMIT_MIB} MiB`, ...share(many.mib, LIMIT_MIB) }]),
  ];
}
