// Descriptions of objects in fewer words, and what templates call the values in them.
import { Expressions } from '../../../constructs/targets/live/print/expressions';
import type { Choice, Member, Node, Switch } from '../../../constructs/targets/live/tree/model';
import { simplified } from '../../../constructs/targets/live/tree/simplify';

describe('a description in fewer words', () => {
  const on = (leaf: number): Member['when'] => ({ all: [{ leaf, on: true }] });
  const off = (leaf: number): Member['when'] => ({ all: [{ leaf, on: false }] });
  const hole: Node = { t: 'hole', leaf: 5 };

  it('has one text with a default in place of two', () => {
    const when = { all: [{ leaf: 5, on: true }] };
    const image = (tag: string | typeof hole): Node => ({ t: 'pieces', parts: ['x:', tag] }) as Node;
    expect(simplified({ t: 'choice', when, yes: image(hole), no: { t: 'literal', value: 'x:1.4' } } as Node)).toEqual({
      t: 'pieces',
      parts: ['x:', { ...hole, form: 'text', otherwise: '1.4' }],
    });
  });

  it('has one item where there were two that differ in the value alone', () => {
    const item = (value: Node): Node => ({ t: 'map', members: [{ key: { t: 'literal', value: 'name' }, value }] });
    const list: Node = {
      t: 'list',
      members: [
        { value: item(hole), when: on(5) },
        { value: item({ t: 'literal', value: '' }), when: off(5) },
      ],
    };
    expect(simplified(list)).toEqual({ t: 'list', members: [{ value: item({ ...hole, otherwise: '' } as Node) }] });
  });

  it('keeps two that differ in more', () => {
    const list: Node = {
      t: 'list',
      members: [
        { value: { t: 'list', members: [{ value: hole }] }, when: on(5) },
        { value: { t: 'literal', value: 'x' }, when: off(5) },
      ],
    };
    expect(simplified(list)).toEqual(list);
  });

  describe('of texts that may be nothing', () => {
    const [image, tag]: readonly Switch[] = [
      { leaf: 5, on: true, test: { filled: true } },
      { leaf: 6, on: true, test: { filled: true } },
    ];
    const text = (...parts: readonly (string | number)[]): Node => {
      if (parts.every((part) => typeof part === 'string')) return { t: 'literal', value: parts.join('') };
      return { t: 'pieces', parts: parts.map((part) => (typeof part === 'string' ? part : ({ t: 'hole', leaf: part } as const))) };
    };
    const choice = (one: Switch, yes: Node, no: Node): Node => ({ t: 'choice', when: { all: [one] }, yes, no });
    const blank = { form: 'blank' };

    it('has one text, whichever of them is asked for first', () => {
      const both = { t: 'pieces', parts: [{ t: 'hole', leaf: 5, ...blank }, ':', { t: 'hole', leaf: 6, ...blank }] };
      const byImage = choice(
        image as Switch,
        choice(tag as Switch, text(5, ':', 6), text(5, ':')),
        choice(tag as Switch, text(':', 6), text(':')),
      );
      const byTag = choice(
        tag as Switch,
        choice(image as Switch, text(5, ':', 6), text(':', 6)),
        choice(image as Switch, text(5, ':'), text(':')),
      );
      expect(simplified(byImage)).toEqual(both);
      expect(simplified(byTag)).toEqual(both);
    });

    it('keeps a number that does not stand as a text', () => {
      const asIs = choice(image as Switch, hole, { t: 'literal', value: '' });
      expect(simplified(asIs)).toEqual(asIs);
      expect(simplified(asIs, { isText: () => true, isNeverNought: () => false })).toEqual({ ...hole, ...blank });
    });

    it('keeps what has more than the text', () => {
      const padded = choice(image as Switch, text('size: ', 5), text('size:'));
      expect(simplified(padded)).toEqual(padded);
    });
  });

  it('has a run of items once that is there twice, with a value and with what stands in for it', () => {
    const part = (leaf: number): Node => ({ t: 'pieces', parts: ['web-', { t: 'hole', leaf }] });
    const own = (leaf: number, more: object = {}): Node => ({
      t: 'pieces',
      parts: [{ t: 'hole', leaf: 5, ...more }, '-', { t: 'hole', leaf }],
    });
    const item = (name: Node, when: Member['when']): Member => ({
      value: { t: 'list', members: [{ value: name }] },
      ...(when ? { when } : {}),
    });
    const all = (is: boolean, ...more: readonly Switch[]): Member['when'] => ({ all: [{ leaf: 5, on: is }, ...more] });
    const other: Switch = { leaf: 7, on: true };
    const list: Node = {
      t: 'list',
      members: [item(part(8), all(false, other)), item(part(9), all(false)), item(own(8), all(true, other)), item(own(9), all(true))],
    };
    const otherwise = { form: 'text', otherwise: 'web' };
    expect(simplified(list)).toEqual({
      t: 'list',
      members: [item(own(8, otherwise), { all: [other] }), item(own(9, otherwise), undefined)],
    });
  });
});

describe('what templates call values', () => {
  const paths = [['db', 'conf', 'http-port'], ['metrics', 'kube-state-metrics', 'image', 'tag'], ['kube-state-metrics', 'on'], ['a-b']];
  const names = new Expressions({
    path: (leaf) => paths[leaf - 2] ?? [],
    isContainer: () => false,
    isText: () => false,
    isNeverNought: () => false,
  });

  it('is a variable for a group whose key is no identifier, declared where it is used', () => {
    expect(names.given(2)).toBe('(index .Values.db.conf "http-port")');
    expect(names.given(3)).toBe('$kubeStateMetrics.image.tag');
    expect(names.declared('{{ $kubeStateMetrics.image.tag }}')).toBe(
      '{{- $kubeStateMetrics := index .Values.metrics "kube-state-metrics" }}\n{{ $kubeStateMetrics.image.tag }}',
    );
    expect(names.declared('{{ hasKey $kubeStateMetrics "image" }}')).toContain('$kubeStateMetrics := ');
    expect(names.declared('{{ $kubeStateMetricsToo.image }}')).not.toContain(':=');
  });

  it('is followed by what stands in for it where that is another value, or a text that is never nothing', () => {
    const one = (no: Node, test: Pick<Switch, 'test'> = {}): Choice => ({
      t: 'choice',
      when: { all: [{ leaf: 2, on: true, ...test }] },
      yes: { t: 'hole', leaf: 2, form: 'text' },
      no,
    });
    const other = (more: object): Node => ({ t: 'hole', leaf: 3, ...more });
    const withDefault = (choice: Choice): string | undefined => names.withDefault(choice);
    expect(withDefault(one(other({ form: 'text' })))).toBe(
      '{{ (index .Values.db.conf "http-port") | default $kubeStateMetrics.image.tag | quote }}',
    );
    const own = (part: object): Node => ({ t: 'pieces', parts: [part, '.tls'] }) as Node;
    expect(withDefault(one(own({ t: 'hole', leaf: 0 })))).toContain('| default (printf "%v.tls" .Release.Name) | quote }}');
    expect(withDefault(one(own(other({}))))).toBeUndefined();
    expect(withDefault(one(other({})))).toBeUndefined();
    // 0 is a text like others there.
    expect(withDefault(one(other({ form: 'text' }), { test: { filled: true } }))).toBeUndefined();
  });

  it('is none for a second group with such a key', () => {
    names.given(3);
    expect(names.given(4)).toBe('(index .Values "kube-state-metrics").on');
    expect(names.given(5)).toBe('(index .Values "a-b")');
  });
});
