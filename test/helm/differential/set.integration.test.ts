// --set and its kin, and the order of layers, side by side with the real Helm.
import * as fc from 'fast-check';
import { layerUserValues, SetError, type UserValues } from '../../../helm/set';
import { readValues } from '../../../helm/yaml/read';
import { chartPrinting, describeWithHelm, HelmError, orRefused, printed, REFUSED, withFiles } from '../../support/helm';

const SEED = Number(process.env['FC_SEED'] ?? 20);
const BASE = 'list: [1, {x: 1}]\nmap: {x: 1}\nnothing: null\ntext: s\n';

const name = fc.constantFrom(
  'a',
  'a.b',
  'a[0]',
  'a[1].b',
  'a[0][1]',
  'a\\.b',
  'list[0]',
  'list[1].x',
  'list[3]',
  'map.x',
  'map.y.z',
  'nothing',
  'nothing.x',
  'text[0]',
  '',
  'a.',
  'a[x]',
  '__proto__',
);
const value = fc.constantFrom(
  '1',
  '0',
  '01',
  '-5',
  '+5',
  '1.5',
  'true',
  'Null',
  '',
  'x',
  '{a,b}',
  '{}',
  '{a',
  '{x\\,y,1}',
  'a\\,b',
  '1000000',
  '9223372036854775808',
  '[1]',
  '{"a":1}',
  '"q"',
  ' 7 ',
);
const expression = fc
  .array(
    fc.tuple(name, value).map(([left, right]) => `${left}=${right}`),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => parts.join(','));
const layers: fc.Arbitrary<Required<Pick<UserValues, 'set' | 'setString' | 'setJson' | 'setLiteral'>>> = fc.record({
  set: fc.array(expression, { maxLength: 2 }),
  setString: fc.array(expression, { maxLength: 1 }),
  setJson: fc.array(expression, { maxLength: 1 }),
  setLiteral: fc.array(expression, { maxLength: 1 }),
});

describeWithHelm(`--set as Helm has it (FC_SEED=${SEED})`, (helm) => {
  const both = (given: Omit<UserValues, 'files'>): { ours: unknown; theirs: unknown } =>
    withFiles({ ...chartPrinting('.Values'), 'base.yaml': BASE, 'x.txt': 'file\n' }, (folder) => {
      const flags = [
        ...(given.setJson ?? []).flatMap((text) => ['--set-json', text]),
        ...(given.setFile ?? []).flatMap((text) => ['--set-file', text.replaceAll('x.txt', `${folder}/x.txt`)]),
        ...(given.setString ?? []).flatMap((text) => ['--set-string', text]),
        ...(given.set ?? []).flatMap((text) => ['--set', text]),
        ...(given.setLiteral ?? []).flatMap((text) => ['--set-literal', text]),
      ];
      return {
        ours: orRefused(() => asJson(layerUserValues({ ...given, files: [readValues(BASE, 'base.yaml')] }, () => 'file\n')), SetError),
        theirs: orRefused(() => printed(helm, folder, '-f', `${folder}/base.yaml`, ...flags), HelmError),
      };
    });

  it.each<Omit<UserValues, 'files'>>([
    { set: ['a[0].b='] },
    { set: ['a[0'] },
    { set: ['a[0]'] },
    { set: ['a={}'] },
    { set: ['a..b=1'] },
    { set: ['a,b=1'] },
    { set: ['a={1}b=2'] },
    { set: ['map=null,map.x=1'] },
    { set: ['a[65536]=1'] },
    { set: ['a[65537]=1'] },
    { set: [`${'a.'.repeat(30)}b=1`] },
    { set: [`${'a.'.repeat(31)}b=1`] },
    { setJson: ['{"map":{"y":null},"list":[]}'] },
    { setJson: ['a="\\ud800",b= ,c=1e3x=1'] },
    { setFile: ['a=x.txt,b[1]=x.txt'] },
    { setLiteral: ['a=b,c=d', 'e.f=\\,{x},"y"=z', 'list[1].y=1', 'list[0]=x[0].y=1', 'a\\.b.c=null', 'g[0][1]= h '] },
    { setLiteral: ['a='] },
    { setLiteral: ['a[0].b='] },
    { setLiteral: ['a,b=1'] },
    { setLiteral: ['a'] },
    { setLiteral: [''] },
    { setLiteral: ['a[0]'] },
    { setLiteral: ['a[x]=1'] },
    { setLiteral: ['text.b=1'] },
    { setLiteral: ['nothing.b=1'] },
    { setFile: ['a=x.txt'], setLiteral: ['a=1'] },
    { set: ['a=1'], setJson: ['a=2,b=2'], setString: ['b=3'], setFile: ['c=x.txt'] },
  ])('reads %j the same', (given) => {
    const { ours, theirs } = both(given);
    expect(ours).toEqual(theirs);
  });

  it('reads random expressions the same', () => {
    const all = fc.sample(layers, { numRuns: 25, seed: SEED }).map((given) => ({ given, ...both(given) }));
    expect(all.map(({ given, ours }) => [given, ours])).toEqual(all.map(({ given, theirs }) => [given, theirs]));
    expect(new Set(all.map(({ ours }) => ours === REFUSED)).size).toBe(2);
  });
});

/** JSON has one kind of number. */
function asJson(values: unknown): unknown {
  return JSON.parse(JSON.stringify(values, (_key, item: unknown) => (typeof item === 'bigint' ? Number(item) : item)));
}
