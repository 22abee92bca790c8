// `npm run bench`: our speed and memory against the real Helm, measured in one run, in turns.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, medianOfAll, peak, wall, type Command, type Goal } from './bench/measure';
import { manyReleases, releaseGoals, RELEASES, MOST_RELEASES, TURNS, type ReleasesCost } from './bench/releases';
import { manyProjects, projectGoals, TIMES as PROJECT_TIMES, type ProjectCost } from './bench/projects';
import { nodesToMeasure, type MeasuredNode } from './bench/nodes';
import { bun, thisPlatform } from './parts.d/bun';
import { flagsOf } from './support/flags';
import { table } from './support/table';
import { findHelm } from './support/helm';
import { chartArchive, commandLine, root, unpackedChart } from './support/places';

const TIMES = 15;

const USAGE = `usage: npm run bench -- [--check] [--json]
  --check   exit with 1 when a goal is missed
  --json    print the numbers as JSON`;

interface Cost {
  name: string;
  ms: number;
  /** Undefined where it cannot be measured. */
  mib: number | undefined;
}
type OurCost = Cost & { node: MeasuredNode };

interface Program {
  name: string;
  command: Command;
  walls: number[];
  peaks: (number | undefined)[];
}

const costOf = ({ name, walls, peaks }: Program): Cost => ({ name, ms: median(walls), mib: medianOfAll(peaks) });

/** One default release, Helm and each Node in turns, so that all see the same machine. */
function oneRelease(
  helm: string,
  chart: string,
  nodes: readonly MeasuredNode[],
  executable: string | undefined,
): { theirs: Cost; ours: OurCost[]; file: Cost | undefined } {
  const template = ['template', 'estafette-ci'];
  const flags = ['--namespace', 'estafette-ci'];
  const theirs: Program = { name: 'helm', command: [helm, ...template, chart, ...flags], walls: [], peaks: [] };
  const ours = nodes.map((node): Program & { node: MeasuredNode } => ({
    name: `ours, Node ${node.version}`,
    node,
    command: [node.path, commandLine, ...template, 'estafette-ci', ...flags],
    walls: [],
    peaks: [],
  }));
  const file: Program | undefined = executable
    ? { name: 'ours, one file', command: [executable, ...template, 'estafette-ci', ...flags], walls: [], peaks: [] }
    : undefined;
  const programs = [theirs, ...ours, ...(file ? [file] : [])];
  for (const { command } of programs) wall(command); // the first run fills caches: the disk's, and Node's of compiled code
  for (let time = 0; time < TIMES; time++) {
    for (const { command, walls, peaks } of programs) {
      walls.push(wall(command));
      peaks.push(peak(command));
    }
  }
  return { theirs: costOf(theirs), ours: ours.map((program) => ({ ...costOf(program), node: program.node })), file: file && costOf(file) };
}

/** The program as one file, made anew. Undefined without the part that it is made with. */
function builtFile(folder: string): string | undefined {
  if (!thisPlatform || !bun[thisPlatform].find()) return undefined;
  const output = join(folder, 'cdk8s-estafette');
  const script = ['--require', './scripts/support/typescript.cjs', 'scripts/build-executable.ts', '--output', output];
  execFileSync(process.execPath, script, { cwd: root, stdio: 'ignore' });
  return output;
}

type Measured = ReturnType<typeof oneRelease>;

const atMost = (what: string, ratio: number, most: number): Goal => ({
  what,
  ratio,
  goal: `at most ${most.toFixed(2)} times Helm's`,
  met: ratio <= most,
});

function goalsOf({ theirs: helm, ours, file }: Measured, many: ReleasesCost): Goal[] {
  const newest = ours.at(-1);
  return [
    ...ours.map(({ node, ms }) => ({
      what: `one release, time, Node ${node.version}`,
      ratio: ms / helm.ms,
      goal: `at most ${node.major >= 24 ? '1.0' : '2.0'} times Helm's`,
      met: ms / helm.ms <= (node.major >= 24 ? 1 : 2),
    })),
    ...(file ? [atMost('one release, time, one file', file.ms / helm.ms, 0.65)] : []),
    ...(file?.mib === undefined || helm.mib === undefined ? [] : [atMost('one release, memory, one file', file.mib / helm.mib, 1)]),
    ...(helm.mib === undefined || newest?.mib === undefined
      ? []
      : [
          {
            what: `one release, memory, Node ${newest.node.version}`,
            ratio: newest.mib / helm.mib,
            goal: "at most 1.5 times Helm's",
            met: newest.mib / helm.mib <= 1.5,
          },
        ]),
    ...releaseGoals(many, newest?.node.version ?? ''),
  ];
}

function main(): number {
  const { values: flags } = flagsOf(USAGE, { options: { check: { type: 'boolean' }, json: { type: 'boolean' } } });
  if (!existsSync(chartArchive)) return say(`bench skipped: ${chartArchive} is not here`, 0);
  const helm = findHelm();
  if (!helm) return say('bench needs Helm: scripts/parts install helm', 2);
  const [load = 0] = loadavg();
  const nodes = nodesToMeasure();
  const chart = unpackedChart().folder;
  const folder = mkdtempSync(join(tmpdir(), 'bench-file-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  const one = oneRelease(helm, chart, nodes, builtFile(folder));
  const newest = nodes.at(-1) ?? nodes[0];
  const many = manyReleases(helm, chart, newest);
  const projects = manyProjects(helm, newest);
  const goals = [...goalsOf(one, many), ...projectGoals(projects)];
  if (flags.json)
    console.log(
      JSON.stringify(
        {
          cores: availableParallelism(),
          load,
          one: [one.theirs, ...one.ours.map(({ name, ms, mib }) => ({ name, ms, mib })), ...(one.file ? [one.file] : [])],
          many,
          projects,
          goals,
        },
        undefined,
        2,
      ),
    );
  else print(one, many, projects, goals, load);
  return flags.check && goals.some(({ met }) => !met) ? 1 : 0;
}

function print(
  { theirs, ours, file }: Measured,
  many: ReleasesCost,
  projects: readonly ProjectCost[],
  goals: readonly Goal[],
  load: number,
): void {
  const mib = (value: number | undefined): string => (value === undefined ? 'not measured' : value.toFixed(1));
  console.log(`One default release, median of ${TIMES} (${availableParallelism()} cores, load ${load.toFixed(1)} before)\n`);
  console.log(
    table([
      ['', 'ms', 'peak MiB'],
      ...[theirs, ...ours, ...(file ? [file] : [])].map(({ name, ms, mib: peakMib }) => [name, ms.toFixed(1), mib(peakMib)]),
    ]),
  );
  console.log(
    `\n${RELEASES} releases: ours in one synth ${(many.ours / 1000).toFixed(2)} s (median of ${TURNS}), ${RELEASES} runs ` +
      `of helm template ${(many.theirs / 1000).toFixed(2)} s`,
  );
  console.log(`Memory at its peak: ${RELEASES} releases ${mib(many.mib)} MiB, ${MOST_RELEASES} releases ${mib(many.mostMib)} MiB`);
  console.log(
    `DevStats, fastest of ${PROJECT_TIMES}: ` +
      `${projects
        .map(
          ({ name, count, ms, mib: peakMib }) =>
            `${name}, ${count} project${count > 1 ? 's' : ''} ${(ms / 1000).toFixed(2)} s, ${mib(peakMib)} MiB`,
        )
        .join('; ')}\n`,
  );
  console.log(
    table([
      ['goal', '', 'measured', ''],
      ...goals.map(({ what, goal, ratio, met }) => [
        what,
        goal,
        ratio < 0.5 ? `1/${(1 / ratio).toFixed(1)}` : ratio.toFixed(2),
        met ? 'met' : 'MISSED',
      ]),
    ]),
  );
}

function say(text: string, code: number): number {
  console.log(text);
  return code;
}

process.exitCode = main();
