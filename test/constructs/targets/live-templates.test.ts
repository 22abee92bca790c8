// Templates of charts whose values live, as people read them: short, and with blocks that say what they must and no more.
import { CHART_NAMES } from '../../../constructs/charts';
import { inBlocks, type Clause, type Conditional } from '../../../constructs/targets/live/print/blocks';
import { knownOf } from '../../../constructs/targets/live/known';
import { evaluate } from '../../../constructs/targets/live/tree/model';
import { generator } from '../../../constructs/targets/live/values/random';
import { mayBeSame } from '../../../constructs/targets/live/print/same-names';
import { schemaText } from '../../../constructs/targets/live/print/schema-text';
import { simplified } from '../../../constructs/targets/live/tree/simplify';
import { DEVSTATS_SECRETS } from '../../../scripts/support/devstats-secrets';
import { chartFilesOf, checksIn, withoutReferences } from '../../support/chart-files';

/** What a value may be; those of maps and lists stand in other nodes. */
const VALUES = [null, '', 'x', 'word', 0, 5, true, false] as const;
const TRIES = 60;

describe.each(CHART_NAMES)('what is known of %s in fewer words', (chart) => {
  it('prints the same for all values', () => {
    const pick = generator(7);
    for (const { tree } of knownOf(chart)) {
      const less = simplified(tree);
      for (let count = 0; count < TRIES; count++) {
        const values = new Map<number, unknown>();
        const lookup = (leaf: number): unknown => {
          if (!values.has(leaf)) values.set(leaf, VALUES[pick(VALUES.length)]);
          return values.get(leaf);
        };
        expect(evaluate(less, lookup)).toEqual(evaluate(tree, lookup));
      }
    }
  });
});

/** Lines that are there for others: an if, an else, an end. */
const CONTROL = /^\s*\{\{- (if|else|end|define)\b(?!.*nindent)/;
/** What goes through a list, around a template. */
const LOOP = /^\{\{- range .*\n\{\{- with \$ \}\}\n---\n([^]*)\{\{- end \}\}\n\{\{- end \}\}\n$/m;

describe.each(CHART_NAMES)('templates of %s', (chart) => {
  it('are longer than what they print by no more than a third', () => {
    const values = chart === 'devstats' ? [DEVSTATS_SECRETS] : [];
    const files = chartFilesOf({ release: chart, chart, namespace: chart, live: ['.'], values });
    const long = Object.entries(files).filter(([file, text]) => {
      if (!/^templates\/[^_]/.test(file) || /^templates\/(checks\/|NOTES)/.test(file)) return false;
      const object = text.replace(LOOP, '$1');
      const lines = object.trimEnd().split('\n');
      const own = lines.filter((line) => !CONTROL.test(line)).length;
      // The switch of the whole object is beside it.
      const around = /^(\{\{- \$\w+ := .*\n)*\{\{- if /.test(object) ? 2 : 0;
      return lines.length - around > (own * 4) / 3;
    });
    expect(long.map(([file]) => file)).toEqual([]);
    // Named helpers and the notes are for people, too.
    expect(Object.values(files).filter((text) => text.includes('undefined'))).toEqual([]);
    const twice = Object.entries(files).flatMap(
      ([file, text]) => text.match(/\b(and|or) (\S+|\(.*\)) \2(?= |\)| \}\})/g)?.map((one) => `${file}: ${one}`) ?? [],
    );
    expect(twice).toEqual([]);
  });
});

describe('the template of a Job that is known by more than its content', () => {
  it('has a name that follows what it is known by, and keeps the spec of one that is there', () => {
    const files = chartFilesOf({ release: 'devstats', chart: 'devstats', namespace: 'devstats', live: ['.'], values: [DEVSTATS_SECRETS] });
    const text = files['templates/job-devstats-provision-projects.yaml'] ?? '';
    expect(text).toContain('image: {{ .Values.provisionImage | quote }}');
    expect(text).toContain('{{- $hash := include "hash" (list (include "job-devstats-provision-projects.identity" (list . $project))) }}');
    expect(text).toContain('.Release.Namespace (printf (print "%v-" $project.proj "-%s") .Values.provisionPodName $hash) }}');
    expect(text).toContain('name: "{{ .Values.provisionPodName }}-{{ $project.proj }}-{{ $hash }}"');
    expect(text).not.toMatch(/00identity|00f0110w/);
  });
});

describe('objects that are called the same while they are off', () => {
  it('have a template each', () => {
    const files = chartFilesOf({ release: 'ci', chart: 'estafette-ci', namespace: 'ci', live: ['.'], values: [] });
    const accounts = Object.values(files).filter((text) => /^kind: ServiceAccount$/m.test(text));
    for (const program of ['alertmanager', 'nodeExporter', 'pushgateway'])
      expect(
        accounts.filter((text) => text.includes(`name: {{ (include "metrics.serviceAccounts.${program}.name" $) | quote }}`)),
      ).toHaveLength(1);
  });
});

describe('an object that several parts need', () => {
  it('has one template in each namespace, and is not taken for another one', () => {
    const login = { registry: 'registry.example.com', username: 'joe', password: 'secret' };
    const values = [{ global: { imageCredentials: login } }];
    const files = chartFilesOf({ release: 'ci', chart: 'estafette-ci', namespace: 'ci', live: ['.'], values });
    expect(Object.values(files).filter((text) => /^ {2}name: "\{\{ \.Release\.Name \}\}\.registry"$/m.test(text))).toHaveLength(2);
    expect(
      checksIn(files).match(/"once" \(list \$objects "\S+" "Secret" \S+ \(printf "%v\.registry" \.Release\.Name\)/g)?.length ?? 0,
    ).toBeLessThan(3);
  });
});

describe('objects that values may call the same', () => {
  const hole = (leaf: number) => ({ t: 'hole', leaf }) as const;

  it.each([
    [[hole(2)], [hole(3)], true],
    [[hole(2), '-api'], [hole(3), '-web'], false],
    [[hole(2), '-api'], [hole(3)], true],
    [[hole(2), '-api'], [hole(2)], false],
    [[hole(2), '-api'], [hole(2), '-api'], true],
    [[hole(0), '-a-', hole(2)], [hole(0), '-b-', hole(3)], false],
    [[hole(0), '-a-', hole(2)], [hole(0), '-a', hole(3)], true],
    [['api'], ['api'], true],
    [['api'], ['web'], false],
    [['api'], [hole(2)], true],
    [['api'], [hole(2), '-x'], false],
  ])('are those whose names are alike at both ends: %j, %j', (one, other, isSame) => {
    expect([mayBeSame(one, other), mayBeSame(other, one)]).toEqual([isSame, isSame]);
  });

  it('are refused where a value that decides over names is another one', () => {
    const files = chartFilesOf({ release: 'ci', chart: 'estafette-ci', namespace: 'ci', live: ['.'], values: [] });
    const [together, checks] = ['together', 'names'].map((name) => files[`checks/${name}.tpl`] ?? '') as [string, string];
    const [gate = ''] = together.match(/\{\{- if or false .*/) ?? [];
    for (const path of [
      // In a release called `api-web`, two parts have its name.
      '(ne (toString .Release.Name) "ci")',
      '.Values.api.fullnameOverride',
      '.Values.web.nameOverride',
      '(ne (toString .Values.web.serviceAccount.create) "true")',
    ])
      expect(gate).toContain(` ${path} `);
    for (const part of ['api', 'web'])
      expect(checks).toContain(
        `{{- template "once" (list $objects "${part}" "Deployment" .Release.Namespace (include "${part}.fullnameOverride" $)) }}`,
      );
    expect(together).toContain('%s and %s would both make the %s %s: %s');
  });
});

describe('a schema', () => {
  const text = { description: 'A.', type: ['string', 'null'], not: { enum: [0] } };
  const pinned = { description: 'E. Fixed, since.', enum: [3] };
  const properties = {
    a: text,
    b: { description: 'B.', type: 'object', properties: { c: { ...text, description: 'C.' }, d: { type: 'boolean' } } },
    e: pinned,
    f: { ...pinned, description: 'F.' },
  };

  it('says once what many values have in common, and has a line for each value', () => {
    const written = schemaText({ type: 'object', properties });
    expect(written.split('\n')).toEqual([
      '{',
      '  "type": "object",',
      '  "properties": {',
      '    "a": { "description": "A.", "$ref": "#/definitions/text" },',
      '    "b": {',
      '      "description": "B.",',
      '      "type": "object",',
      '      "properties": {',
      '        "c": { "description": "C.", "$ref": "#/definitions/text" },',
      '        "d": { "type": "boolean" }',
      '      }',
      '    },',
      '    "e": { "description": "E. Fixed, since.", "enum": [3] },',
      '    "f": { "description": "F.", "enum": [3] }',
      '  },',
      '  "definitions": {',
      '    "text": { "type": ["string", "null"], "not": { "enum": [0] } }',
      '  }',
      '}',
      '',
    ]);
    expect(withoutReferences(written)).toEqual(properties);
  });

  it('says the same with and without names, and has none that nothing refers to', () => {
    const others = Object.fromEntries(['x', 'y', 'z'].map((key) => [key, { type: ['string'], pattern: key }]));
    const all = { ...properties, ...others, more: { type: 'object', properties: others } };
    const written = schemaText({ $schema: 'x', properties: all, additionalProperties: false });
    expect(withoutReferences(written)).toEqual(all);
    expect(written.match(/#\/definitions\/\w+/g)?.toSorted()).toEqual(
      ['text', 'text', 'text2', 'text2', 'text3', 'text3', 'text4', 'text4'].map((name) => `#/definitions/${name}`),
    );
    expect(schemaText({ properties: others })).not.toContain('definitions');
  });
});

describe('blocks', () => {
  const clause = (name: string, on = true): Clause => ({
    text: on ? `.${name}` : `(not .${name})`,
    negated: [on ? `(not .${name})` : `.${name}`],
  });
  const item = (line: string, ...clauses: Clause[]): Conditional => ({ clauses, lines: [line] });
  const [a, b] = [clause('a'), clause('b')];
  const printed = (items: readonly Conditional[], isCompact = false): string[] => inBlocks(items, { pad: '', isCompact });

  it('are one for neighbours of one condition, also where some have another one beside it', () => {
    expect(printed([item('1', a), item('2', a, b), item('3', a), item('4')])).toEqual([
      '{{- if .a }}',
      '1',
      '{{- if .b }}',
      '2',
      '{{- end }}',
      '3',
      '{{- end }}',
      '4',
    ]);
  });

  it('have an else for the opposite, and else if where there is more to it', () => {
    expect(printed([item('1', a), item('2', clause('a', false))])).toEqual(['{{- if .a }}', '1', '{{- else }}', '2', '{{- end }}']);
    expect(printed([item('1', a), item('2', clause('a', false), b)])).toEqual([
      '{{- if .a }}',
      '1',
      '{{- else if .b }}',
      '2',
      '{{- end }}',
    ]);
  });

  it('are on one line where that is asked for and the line has no expression', () => {
    expect(printed([item('x: 1', a), item('y: {{ .y }}', b)], true)).toEqual([
      '{{- if .a }}{{ "x: 1" | nindent 0 }}{{ end }}',
      '{{- if .b }}',
      'y: {{ .y }}',
      '{{- end }}',
    ]);
  });

  it('are on one line where several values stand on the line', () => {
    expect(printed([item('y: {{ .x }}/{{ .y }}', b)], true)).toEqual(['{{- if .b }}{{ "" | nindent 0 }}y: {{ .x }}/{{ .y }}{{ end }}']);
    expect(printed([item('y: {{ .x }}/{{ .y }}', b)])).toEqual(['{{- if .b }}', 'y: {{ .x }}/{{ .y }}', '{{- end }}']);
  });

  it('are on one line, too, where two short ones are read at one glance', () => {
    const lines = (...all: string[]): Conditional => ({ clauses: [a], lines: all });
    expect(printed([lines('tls {', '  x', '}')], true)).toEqual(['{{- if .a }}{{ "tls {\\n  x\\n}" | nindent 0 }}{{ end }}']);
    expect(printed([lines('tls {', '  x', '}')])).toEqual(['{{- if .a }}', 'tls {', '  x', '}', '{{- end }}']);
    const long = ['authorization {', '  user: name', '}'];
    expect(printed([lines(...long)], true)).toEqual(['{{- if .a }}', ...long, '{{- end }}']);
  });
});
