// YAML read and written by us and by the real Helm, side by side, in one Helm run for hundreds of texts.
import { readdirSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { text as goText } from '../../../helm/print';
import { toGoYaml } from '../../../helm/yaml/go';
import { compareKeys } from '../../../helm/yaml/go-order';
import { readValues, readYaml, YamlError } from '../../../helm/yaml/read';
import { isTable, type Values } from '../../../helm/yaml/values';
import { writeYaml } from '../../../helm/yaml/write';
import { chartPrinting, describeWithHelm, printed, REFUSED, withFiles } from '../../support/helm';
import { json, NASTY, number, text } from '../yaml/arbitrary';
import { mutated } from './mutate';
import { valuesText } from './values-text';

const SEED = Number(process.env['FC_SEED'] ?? 20);
const sample = <T>(arbitrary: fc.Arbitrary<T>, count: number): T[] => fc.sample(arbitrary, { numRuns: count, seed: SEED });
const base64 = (value: string): string => Buffer.from(value).toString('base64');

/** Runs an expression over each of the texts (`.`, decoded) and returns the results. */
function each(helm: string, texts: readonly string[], expression: string): unknown[] {
  const prelude = `{{- $out := list }}{{- range .Values.cases }}{{- with dict "text" (b64dec .) }}{{- $out = append $out (${expression}) }}{{- end }}{{- end }}\n`;
  const files = { ...chartPrinting('$out', prelude), 'values.yaml': JSON.stringify({ cases: texts.map(base64) }) };
  return withFiles(files, (folder) => printed(helm, folder) as unknown[]);
}

describeWithHelm(`YAML as Helm has it (FC_SEED=${SEED})`, (helm) => {
  it('reads random texts the same, and refuses the same', () => {
    const texts = [...NASTY.map((scalar) => `a: ${scalar}\n`), ...sample(valuesText, 600)];
    const theirs = each(helm, texts, 'fromYaml .text').map((value) => (typeof (value as Values)['Error'] === 'string' ? REFUSED : value));
    const ours = texts.map(readMap);
    const differences = texts
      .map((source, index) => ({ source, ours: ours[index], theirs: theirs[index] }))
      .filter((found) => !isDeepStrictEqual(found.ours, found.theirs) && !(found.ours === REFUSED && isKnownRefusal(found.source)));
    expect(differences).toEqual([]);
    // The texts must not be all nonsense.
    expect(ours.filter((value) => value === REFUSED).length).toBeLessThan(texts.length * 0.6);
  });

  it('reads texts with slips the same, and refuses the same', () => {
    const texts = sample(mutated(files()), 1500);
    const theirs = each(helm, texts, 'fromYaml .text').map((value) => (typeof (value as Values)['Error'] === 'string' ? REFUSED : value));
    const differences = texts
      .map((source, index) => ({ source, ours: readMap(source), theirs: theirs[index] }))
      .filter((found) => !isDeepStrictEqual(found.ours, found.theirs) && !(found.ours === REFUSED && isKnownRefusal(found.source)));
    expect(differences).toEqual([]);
    expect(theirs.filter((value) => value === REFUSED).length).toBeLessThan(texts.length * 0.8);
  });

  it('writes what Helm reads as the same data', () => {
    const values = [...NASTY.map((scalar) => ({ [scalar]: scalar, list: [scalar, { b: scalar }] })), ...sample(json, 400)];
    const theirs = each(
      helm,
      values.map((value) => writeYaml({ value })),
      'fromYaml .text',
    );
    values.forEach((value, index) => expect([writeYaml(value), theirs[index]]).toEqual([writeYaml(value), { value }]));
  });

  it('prints toYaml the same', () => {
    const values = [
      ...NASTY,
      ...sample(json, 500),
      ...sample(number, 100),
      ...sample(fc.dictionary(text, text, { noNullPrototype: true }), 100),
    ].filter((value) => !/\x85[ \x85]*(---|\.\.\.)/.test(JSON.stringify(value)) && haveOneOrder(value));
    const theirs = each(
      helm,
      values.map((value) => JSON.stringify({ value })),
      'get (fromJson .text) "value" | toYaml',
    );
    values.forEach((value, index) => expect([value, toGoYaml(value)]).toEqual([value, theirs[index]]));
  });

  it('prints numbers the same', () => {
    const numbers = sample(number, 300);
    const theirs = each(
      helm,
      numbers.map((value) => `v: ${JSON.stringify(value)}\n`),
      'get (fromYaml .text) "v" | print',
    );
    expect(numbers.map(goText)).toEqual(theirs);
  });

  it.each([
    ['several documents', 'a: 1\nb: {c: 1, d: 1}\n---\nb: {d: 2}\n--- # more\na: null\n'],
    ['no last newline', 'a: |\n  x'],
    ['Windows line ends', 'a: |\r\n  x\r\nb: "y\r\n  z"\r\n'],
    ['a byte order mark', '\ufeffa: 1\n'],
    ['an end mark', 'a: 1\n...\nb: 1\n'],
    ['nothing', ''],
    ['only comments', '# a\n---\n# b\n'],
    ['large numbers', 'a: 5000000\nb: 9007199254740993\nc: 18446744073709551615\nd: 1e100\n'],
  ])('reads a values file with %s the same', (_what, source) => {
    const theirs = withFiles({ ...chartPrinting('.Values'), 'user.yaml': source }, (folder) =>
      printed(helm, folder, '-f', `${folder}/user.yaml`),
    );
    expect(readValues(source, 'user.yaml')).toEqual(theirs);
  });
});

/** Values files and manifests of this project. */
function files(): string[] {
  return ['examples/estafette-ci', 'examples/devstats', 'dist'].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => readFileSync(`${folder}/${name}`, 'utf8')),
  );
}

/**
 * Whether the library's order of keys has one result in every map: with a number that letters follow it may go round in a circle (`007`
 * before `0a`, `0a` before `3_`, `3_` before `007`), and what Helm prints differs from run to run.
 */
function haveOneOrder(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(haveOneOrder);
  if (!isTable(value)) return true;
  const keys = Object.keys(value);
  const goesRound = keys.some((a) =>
    keys.some((b) => compareKeys(a, b) < 0 && keys.some((c) => compareKeys(b, c) < 0 && compareKeys(c, a) < 0)),
  );
  return !goesRound && Object.values(value).every(haveOneOrder);
}

/** As `fromYaml` takes it: a map, or nothing for an empty map. */
function readMap(source: string): unknown {
  try {
    const value = readYaml(source, 'x') ?? {};
    return isTable(value) ? value : REFUSED;
  } catch (error) {
    if (error instanceof YamlError) return REFUSED;
    throw error;
  }
}

/** What follows the first part of a text, which Helm leaves out in silence; a dead duplicate that could not stand alone. */
const isKnownRefusal = (source: string): boolean => /(^|[\s-])((null|~)\s*:|\?\s*$)/im.test(source) || isCutShort(source);

function isCutShort(source: string): boolean {
  try {
    readYaml(source, 'x');
  } catch (error) {
    return error instanceof YamlError && /would not be read|too many$/.test(error.reason);
  }
  return false;
}
