// The charts that the helm target writes, read by Helm: every example and every parity case.
import { chartFilesOf } from '../support/chart-files';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { renderRelease, type RenderOptions } from '../../cli/render';
import type { ChartName } from '../../constructs/charts';
import { writeFiles } from '../../constructs/release/files';
import { parseSet } from '../../helm/set';
import { writeYamlStream } from '../../helm/yaml/write';
import { NEEDED } from '../support/applying';
import { casesOf, type Case } from '../support/cases';
import { ROOT } from '../support/cli';
import { describeWithHelm } from '../support/helm';
import { SET_INTEGERS, SET_LARGE } from '../support/integers';

const PARITY = join(ROOT, '..', 'shared', 'parity');
const hasParity = existsSync(PARITY);
const CHARTS: readonly ChartName[] = ['estafette-ci', 'devstats', 'buildshuttle'];

const cases = CHARTS.flatMap((chart) => {
  const integers: Case[] = [SET_INTEGERS, SET_LARGE].map((all) => ({ name: `--set ${all[chart]}`, values: [parseSet(all[chart], {})] }));
  return [...casesOf(chart), ...integers].map((one) => ({ ...one, chart }));
});

interface Annotated {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, unknown>> };
}
/** What Helm's hooks are, by object: events, weight and delete policies. */
function hooks(manifests: string): Record<string, string> {
  const objects = parseAllDocuments(manifests, { uniqueKeys: false, logLevel: 'silent', version: '1.1' })
    .map((document) => document.toJS() as Annotated | null)
    .filter((object) => object !== null);
  const words = (text: unknown): string =>
    String(text)
      .split(',')
      .map((word) => word.trim().replace('test-success', 'test'))
      .toSorted()
      .join();
  return Object.fromEntries(
    objects
      .filter(({ kind, metadata }) => kind !== 'PodSecurityPolicy' && metadata.annotations?.['helm.sh/hook'] !== undefined)
      .map(({ kind, metadata: { name, annotations = {} } }) => [
        `${kind}/${name}`,
        [
          words(annotations['helm.sh/hook']),
          Number(annotations['helm.sh/hook-weight'] ?? 0),
          words(annotations['helm.sh/hook-delete-policy'] ?? ''),
        ].join(' '),
      ]),
  );
}

/** The published chart makes its keys up when it is rendered: the Job that makes ours is not in it. */
const publishedHooks = (all: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(all).filter(([name]) => !/-api-(given-)?keys$/.test(name)));

describeWithHelm('the chart of', (helm) => {
  let folder = '';
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'helm-chart-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (program: string, args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 28 });
    expect([args, status === 0 ? '' : `${stdout}${stderr}`]).toEqual([args, '']);
    return stdout;
  };
  const template = (chart: string, namespace: string): string => run(helm, ['template', chart, folder, '--namespace', namespace]);
  const options = ({ chart, values, apiVersions }: (typeof cases)[number], namespace: string): RenderOptions => ({
    release: chart,
    chart,
    namespace,
    apiVersions,
    values: [NEEDED[chart], ...values],
  });

  const kinds = [{ kind: 'with live values' }, { kind: 'as a print', fix: ['.'] }];
  it.each(cases.flatMap((one) => kinds.map((kind) => ({ ...one, ...kind }))))('$chart, $name, $kind', (one) => {
    const { chart, name, fix } = one as (typeof cases)[number] & { readonly fix?: readonly string[] };
    writeFiles(folder, chartFilesOf({ ...options(one, chart), ...(fix ? { fix } : {}) }));
    run(helm, ['lint', '--strict', folder]);
    const printed = template(chart, chart);
    if (!hasParity) return;
    // In the namespace that it was written for, where parity:live compares those with live values, and in another one unless it says no.
    const checks = fix ? ['templates', 'checks.yaml'] : ['checks', 'together.tpl'];
    const isTied = readFileSync(join(folder, ...checks), 'utf8').includes('if ne .Release.Namespace');
    const script = realpathSync(join(PARITY, 'compare.mjs'));
    for (const namespace of [...(fix || isTied ? [chart] : []), ...(isTied ? [] : ['elsewhere'])]) {
      writeFileSync(join(folder, 'expected'), namespace === chart ? printed : template(chart, namespace));
      // Helm leaves what a controller writes to the controller.
      writeFileSync(
        join(folder, 'actual'),
        writeYamlStream(
          renderRelease(options(one, namespace))
            .plan.filter(({ lifecycle }) => !lifecycle.writtenByController)
            .map(({ object }) => object),
        ),
      );
      const args = ['diff', '--namespace', namespace, '--chart', chart, join(folder, 'expected'), join(folder, 'actual')];
      expect(run(process.execPath, [script, ...args])).toMatch(/^[1-9]\d* objects, 0 differences, in the ledger: \{\}$/m);
    }
    const published = join(PARITY, chart, name.replace('parity ', ''), 'expected.yaml');
    if (existsSync(published)) expect(publishedHooks(hooks(printed))).toEqual(hooks(readFileSync(published, 'utf8')));
  });

  it('a chart tells of values and of a namespace that it cannot follow', () => {
    const values = [{ api: { jobNamespaceOverride: 'ci' } }];
    writeFiles(folder, chartFilesOf({ release: 'ci', chart: 'estafette-ci', namespace: 'ci', values, fix: ['.'] }));
    const refusal = (...args: string[]): string => spawnSync(helm, ['template', 'ci', folder, ...args], { encoding: 'utf8' }).stderr;
    expect(refusal('-n', 'ci', '--set', 'api.baseHost=x,web.x=1')).toMatch(/these values have no effect: api, web\. Write it again/);
    expect(refusal('-n', 'other')).toMatch(
      /this chart was written for the namespace ci, which \S+ follows: give --namespace ci, or write the chart again for another/,
    );
    expect(refusal('-n', 'ci', '--set', 'global.x=1')).toBe('');
  });

  it('text that looks like a Go template arrives as it was written', () => {
    const text = '{{ .Values.x }} {{- "{{" }} {{{ }}} } {{/* no comment */}} {';
    const values = [
      {
        api: {
          deployment: {
            extraEnv: [
              { name: 'TEXT', value: text },
              { name: 'NAMESPACE', value: '{' },
            ],
          },
        },
      },
    ];
    writeFiles(folder, chartFilesOf({ release: 'ci', chart: 'estafette-ci', namespace: 'ci', values, fix: ['.'] }));
    const [deployment] = parseAllDocuments(template('ci', 'ci'))
      .map(
        (document) =>
          document.toJS() as Annotated & { spec: { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } } },
      )
      .filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'ci-api');
    expect(deployment?.spec.template.spec.containers[0]?.env.find(({ name }) => name === 'TEXT')?.value).toBe(text);
  });
});
