// What is printed as in Helm, and a server refuses: warnings.
import { CHART_NAMES } from '../../../constructs/charts';
import { NEEDED } from '../../support/applying';
import { renderRelease, type RenderOptions } from '../../../cli/render';

const warningsOf = (values: object, release = 'ci'): readonly string[] =>
  renderRelease({ release, chart: 'estafette-ci', namespace: 'ns', values: [values] as RenderOptions['values'] }).warnings;
const secret = (data: Record<string, string>) => ({ api: { extraSecrets: [{ key: 'b', b64encoded: true, data }] } });

it.each(['aGVsbG8=', 'aGVs\nbG8=', '', 'AA=='])('%j is base64', (x) => {
  expect(warningsOf(secret({ x })).filter((warning) => warning.includes('base64, so'))).toEqual([]);
});

it.each(['hello world', 'abc', 'a===', 'YQ=', '{"a":1}'])('%j is none', (x) => {
  expect(warningsOf(secret({ x }))).toContain(
    'api: x of the Secret ci-api.b is not base64, so that a server refuses it: encode it, or do not say that it is encoded',
  );
});

it('nor is what is said to be encoded of the keys and the cleaner', () => {
  const found = warningsOf({
    api: { secret: { b64encoded: true, secretDecryptionKey: 'not base', jwtKey: 'aGVsbG8=' } },
    'hanging-job-cleaner': { enabled: true, secret: { valuesAreBase64Encoded: true, clientSecret: 'not base' } },
  }).filter((warning) => warning.includes('base64, so'));
  expect(found).toEqual([
    expect.stringMatching(/^api: secretDecryptionKey of the Secret ci-api/),
    expect.stringMatching(/^hanging-job-cleaner: clientSecret of the Secret ci-hanging-job-cleaner/),
  ]);
});

it('a release name that begins with a digit', () => {
  expect(warningsOf({}, '1ci').filter((warning) => warning.startsWith('release name'))).toEqual([
    'release name 1ci: the Service 1ci-api may be refused, since names of Services begin with a letter: choose another name',
  ]);
  expect(warningsOf({}, 'c1').filter((warning) => warning.startsWith('release name'))).toEqual([]);
});

describe('a name that a server refuses', () => {
  const refusals = (values: object, release: string): string[] =>
    warningsOf(values, release).filter((warning) => warning.includes('refused by a server'));

  it('because the release has a long one', () => {
    expect(refusals({}, 'a'.repeat(30))).toEqual([
      `db: CronJob/${'a'.repeat(30)}-db-rotate-self-signer-client is refused by a server: its name has 59 characters, and a CronJob may have 52: choose a shorter release name, or another name for it`,
    ]);
  });

  it.each(['_x', 'Web', 'web.', '-web'])('because values say %j', (fullnameOverride) => {
    const [found, ...others] = refusals({ web: { fullnameOverride } }, 'ci');
    expect(found).toMatch(
      /^web: \w+\/\S+ and \d+ more of that name are refused by a server: its name must be lower case .*: give it another name$/,
    );
    expect(others.filter((other) => other.includes(`/${fullnameOverride} `))).toEqual([]);
  });

  it('or a label', () => {
    expect(refusals({ web: { nameOverride: 'a b' } }, 'ci')).toContainEqual(
      expect.stringMatching(/^web: Service\/\S+ .*its label app\.kubernetes\.io\/name must have at most 63/),
    );
  });
});

it.each(CHART_NAMES)('nothing of %s as it is', (chart) => {
  const { warnings } = renderRelease({ release: chart, chart, namespace: chart, values: [NEEDED[chart]] });
  expect(warnings.filter((warning) => warning.includes('refused by a server'))).toEqual([]);
});
