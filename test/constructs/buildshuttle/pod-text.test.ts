// The template of the builds' pods as text.
import fc from 'fast-check';
import { parse } from 'yaml';
import { podText } from '../../../constructs/buildshuttle/objects/pod-text';
import { toGoYaml } from '../../../helm/yaml/go';

describe('the text of a pod', () => {
  it('has a line for each thing that it says, with texts in quotes, and what people give as toYaml prints it', () => {
    const given = { requests: { memory: '2Gi', cpu: '500m' }, claims: [{ name: 'a' }], limits: {} };
    expect(podText({ name: 'no', none: undefined, items: ['a', 1, { first: true, second: ['b'] }], resources: given, empty: {}, list: [] }))
      .toBe(`name: "no"
items:
  - "a"
  - 1
  - first: true
    second:
      - "b"
resources:
  claims:
  - name: a
  limits: {}
  requests:
    cpu: 500m
    memory: 2Gi
empty: {}
list: []
`);
  });

  it('has what toYaml leaves out', () => {
    const annotations = { bell: '\u0007', deleted: '\u007f' };
    expect(toGoYaml(annotations)).toBe('');
    expect(parse(podText({ metadata: { annotations } }))).toEqual({ metadata: { annotations } });
  });

  it('reads back the same, whatever texts and maps are given', () => {
    const words = [
      '0o14',
      '0x1f',
      '1_000',
      '1:30',
      'yes',
      '~',
      '1e3',
      '2020-01-01',
      '<<',
      '!x',
      '*a',
      '- a',
      '# c',
      'a: b',
      '',
      '...',
      'a\n',
    ];
    const texts = fc
      .oneof(
        fc.constantFrom(...words),
        fc.string({ unit: 'grapheme' }),
        fc.array(fc.constantFrom(...words)).map((all) => all.join(' ')),
      )
      // Letters that end a line for Helm, and for no reader of today.
      .filter((one) => !/[\x85\u2028\u2029]/.test(one));
    const scalars = fc.oneof(texts, fc.integer(), fc.boolean(), fc.constant(null));
    const maps = fc.dictionary(texts, fc.oneof(scalars, fc.array(scalars), fc.dictionary(texts, scalars)));
    fc.assert(
      fc.property(texts, maps, (text, map) => {
        const pod = {
          labels: { name: text },
          annotations: map,
          containers: [{ args: ['a', text], env: [{ value: text }], resources: map }],
        };
        expect(parse(podText(pod))).toEqual(pod);
      }),
    );
  });
});
