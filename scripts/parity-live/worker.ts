// A thread: writes the charts of the releases that it is sent by name, one after the other, and says what came of their trials.
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { renderRelease } from '../../cli/render';
import { writeFiles } from '../../constructs/release/files';
import type { ValueStanding } from '../../constructs/targets/target';
import type { Compare } from '../parity-values/types';
import { compareScript } from '../support/places';
import { releasesByChance } from './chance';
import { Comparison } from './comparison';
import { HelmProcess } from './helm';
import { hostile } from './hostile';
import { allJudged, isWrong, ownObjects } from './judge';
import type { Setup, Told, Wanted } from './pool';
import { liveReleases, type LiveRelease } from './releases';
import { report, shareOf, told } from './report';
import { BASE, combinations, groups, otherNames, singles, some, type Trial } from './trials';

/** Which of all trials are made. */
function trialsOf(one: LiveRelease, standings: readonly ValueStanding[], { path, seed, ...wanted }: Wanted): readonly Trial[] {
  const { share = 1, most = Infinity } = one;
  const isAsked = ({ shown }: Trial): boolean => path === undefined || shown.includes(path);
  const limit = (count: number): number => (count === Infinity || path !== undefined ? Infinity : Math.min(count, most));
  return [
    BASE,
    ...(path !== undefined || one.most ? [] : otherNames(one)),
    ...some(singles(one, standings).filter(isAsked), limit(wanted.singles), seed),
    ...(one.most ? [] : groups(one, standings, (values) => typeof ownObjects(one, values) === 'string', seed)).filter(isAsked),
    ...some(hostile(one, standings).filter(isAsked), limit(wanted.hostile), seed),
    ...(path === undefined ? combinations(one, standings, limit(Math.round(wanted.random * share)), seed) : []),
  ];
}

async function answerer({ helm, many, folder, wanted }: Setup): Promise<(name: string) => Promise<Told>> {
  const { compare } = (await import(compareScript)) as { compare: Compare };
  const process = new HelmProcess(many);
  const all = [...liveReleases(), ...releasesByChance(wanted.chance, wanted.seed)];
  const releases = new Map(all.map((one) => [one.name, one]));
  const comparisons = new Map<string, Comparison>();

  return async (name) => {
    const began = Date.now();
    const one = releases.get(name);
    if (!one) throw new Error(`no release is called ${name}`);
    const { release, chart, namespace = 'default' } = one.options;
    const place = join(folder, name);
    const { files, standings } = renderRelease({ ...one.options, target: 'helm', live: one.live });
    writeFiles(place, Object.fromEntries(Object.entries(files).map(([file, text]) => [file.slice(release.length + 1), text])));
    const written = (Date.now() - began) / 1000;
    // Most documents of a chart are the same in other releases of it.
    const known = comparisons.get(`${chart} ${namespace}`) ?? new Comparison(compare, { namespace, chart });
    comparisons.set(`${chart} ${namespace}`, known);
    const judged = await allJudged(one, trialsOf(one, standings, wanted), place, { helm, many: process, comparison: known });
    const failed = judged.filter(isWrong).length;
    const times = { written, all: (Date.now() - began) / 1000 };
    const share = wanted.share ? [shareOf(one, standings)] : [];
    const values = name.includes('by chance') && failed ? [`   values: ${JSON.stringify(one.options.values?.at(-1))}`] : [];
    const lines = [...report(one, standings, judged, times), ...share, ...values, ...told(judged, wanted.told)];
    return { lines, passed: judged.length - failed, failed };
  };
}

void answerer(workerData as Setup).then((answer) => {
  parentPort?.on('message', (name: string) => void answer(name).then((done) => parentPort?.postMessage(done)));
});
