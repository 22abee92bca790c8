// The tables of snippets against the real Helm: the same texts, and the same templates refused.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluate } from '../../../helm/template';
import { describeWithHelm, printed, withFiles } from '../../support/helm';
import { context, helperTemplates, kubeVersion, values } from './fixture';
import { errors } from './snippets/errors';
import { moreErrors } from './snippets/more-errors';
import { tables } from './tables';

const chart = {
  'Chart.yaml': 'apiVersion: v2\nname: snippets\nversion: 0.1.0\n',
  'values.yaml': JSON.stringify(values),
  'templates/_helpers.tpl': helperTemplates,
  'templates/out.yaml':
    '{{- $texts := list }}{{- range .Values.cases }}{{- $texts = append $texts (tpl . $) }}{{- end }}\nout: {{ toJson $texts | b64enc }}\n',
};
const flags = ['--namespace', 'space', '--kube-version', kubeVersion];

/** What Helm renders the templates to, in one call. */
function rendered(helm: string, cases: readonly string[], ...more: string[]): unknown {
  const files = { ...chart, 'cases.yaml': JSON.stringify({ cases }) };
  return withFiles(files, (folder) => printed(helm, folder, ...flags, '-f', join(folder, 'cases.yaml'), ...more));
}

describeWithHelm('templates and the real Helm', (helm) => {
  it.each(Object.entries(tables))('%s: the same texts', (_family, snippets) => {
    expect(
      rendered(
        helm,
        snippets.map(([template]) => template),
      ),
    ).toEqual(snippets.map(([, text]) => text));
  });

  it('numbers of --set are int64, of files and of --set-json float64', () => {
    const templates = [
      '{{ .Values.set }} {{ typeOf .Values.set }} {{ add1 .Values.set }} {{ eq .Values.set 7000000 }}',
      '{{ .Values.json }} {{ typeOf .Values.json }}',
    ];
    const root = { ...context.root, Values: { ...values, set: 7000000n, json: 7000000 } };
    expect(templates.map((template) => evaluate(template, { ...context, root }))).toEqual(
      rendered(helm, templates, '--set', 'set=7000000', '--set-json', 'json=7000000'),
    );
  });

  it('the same templates are refused', async () => {
    const templates = [...errors, ...moreErrors].map(([template]) => template);
    const folder = mkdtempSync(join(tmpdir(), 'template-errors-'));
    try {
      for (const [name, content] of Object.entries(chart)) {
        mkdirSync(join(folder, 'templates'), { recursive: true });
        writeFileSync(join(folder, name), content);
      }
      const accepted: string[] = [];
      const queue = [...templates.entries()];
      const work = async (): Promise<void> => {
        for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
          const file = join(folder, `cases-${next[0]}.yaml`);
          writeFileSync(file, JSON.stringify({ cases: [next[1]] }));
          if ((await exitCode(helm, ['template', 'release', folder, ...flags, '-f', file])) === 0) accepted.push(next[1]);
        }
      };
      // Helm renders one template that fails a call; two calls at once keep two cores busy.
      await Promise.all([work(), work()]);
      expect(accepted).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 600_000);
});

function exitCode(program: string, args: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    spawn(program, args, { stdio: 'ignore' }).on('error', reject).on('close', resolve);
  });
}
