// JSON Patch to the letter of RFC 6902 and RFC 6901.
import { isDeepStrictEqual } from 'node:util';
import { applyOperations, pointerFault, type PatchOperation } from '../../../constructs/common/json-patch';

const of = (op: PatchOperation['op'], path: string, more: Partial<PatchOperation> = {}): PatchOperation => ({ op, path, ...more });
const value = (given: unknown) => ({ value: given });

it.each<[string, unknown, PatchOperation[], unknown]>([
  ['add a member', { a: 1 }, [of('add', '/b', value(2))], { a: 1, b: 2 }],
  ['add in place of one', { a: 1 }, [of('add', '/a', value(null))], { a: null }],
  ['add before an item', [1, 2], [of('add', '/1', value('x'))], [1, 'x', 2]],
  ['add after the last item', [1, 2], [of('add', '/2', value('x'))], [1, 2, 'x']],
  ['add at the end', { a: [1] }, [of('add', '/a/-', value([2]))], { a: [1, [2]] }],
  ['add a member called "-" or by a number', {}, [of('add', '/-', value(1)), of('add', '/0', value(2))], { '-': 1, 0: 2 }],
  ['add a member without a name', {}, [of('add', '/', value(1))], { '': 1 }],
  ['add all', { a: 1 }, [of('add', '', value({ b: 1 }))], { b: 1 }],
  ['remove a member and an item', { a: 1, b: [1, 2, 3] }, [of('remove', '/a'), of('remove', '/b/1')], { b: [1, 3] }],
  ['replace', { a: [1, 2] }, [of('replace', '/a/0', value({ b: 1 }))], { a: [{ b: 1 }, 2] }],
  ['replace what is null', { a: null }, [of('replace', '/a', value(1))], { a: 1 }],
  ['move', { a: { b: 1 }, c: [1] }, [of('move', '/c/0', { from: '/a/b' })], { a: {}, c: [1, 1] }],
  ['move inside of a list', [1, 2, 3], [of('move', '/2', { from: '/0' })], [2, 3, 1]],
  ['move to where it is', { a: 1 }, [of('move', '/a', { from: '/a' })], { a: 1 }],
  ['copy', { a: { b: 1 } }, [of('copy', '/c', { from: '/a' }), of('add', '/c/d', value(2))], { a: { b: 1 }, c: { b: 1, d: 2 } }],
  ['copy all into a member', { a: 1 }, [of('copy', '/b', { from: '' })], { a: 1, b: { a: 1 } }],
  [
    'test, members in any order',
    { a: { x: 1, y: [true, null] } },
    [of('test', '/a', value({ y: [true, null], x: 1 }))],
    { a: { x: 1, y: [true, null] } },
  ],
  ['test an integer, however it is held', { a: 3n }, [of('test', '/a', value(3))], { a: 3n }],
  [
    'names with "/" and "~"',
    { 'a/b': 1, '~1': 2 },
    [of('replace', '/a~1b', value(3)), of('replace', '/~01', value(4))],
    { 'a/b': 3, '~1': 4 },
  ],
  [
    'names that objects have of their own',
    {},
    [of('add', '/__proto__', value(1)), of('add', '/constructor', value(2))],
    JSON.parse('{"__proto__":1,"constructor":2}'),
  ],
])('%s', (_title, document, operations, expected) => {
  const before = structuredClone(document);
  expect(isDeepStrictEqual(applyOperations(document, operations), expected)).toBe(true);
  expect(document).toEqual(before);
});

const document = { name: 'api', list: [1, 2], map: { a: 1 } };
it.each<[PatchOperation, string]>([
  [of('add', '/none/a', value(1)), 'add /none/a: there is no /none'],
  [of('add', '/name/a', value(1)), 'add /name/a: /name is neither a list nor a map'],
  [of('add', '/name/length/a', value(1)), 'add /name/length/a: there is no /name/length'],
  [of('add', '/list/3', value(1)), 'add /list/3: there is no /list/3: the list has 2 items'],
  [of('replace', '/list/2', value(1)), 'replace /list/2: there is no /list/2: the list has 2 items'],
  [of('replace', '/list/-', value(1)), 'replace /list/-: there is no /list/-: items of a list are numbered from 0, and only add takes "-"'],
  ...['01', '1e0', '-1', '+1', '0x1', ' 1', '', 'a'].map((index): [PatchOperation, string] => [
    of('replace', `/list/${index}`, value(1)),
    `replace /list/${index}: there is no /list/${index}: items of a list are numbered from 0`,
  ]),
  [of('replace', '/map/b', value(1)), 'replace /map/b: there is no /map/b'],
  [of('replace', '/map/toString', value(1)), 'replace /map/toString: there is no /map/toString'],
  [of('remove', '/map/b'), 'remove /map/b: there is no /map/b'],
  [of('remove', '/list/length'), 'remove /list/length: there is no /list/length: items of a list are numbered from 0'],
  [of('remove', ''), 'remove : the object itself cannot be removed so: the patch {$patch: delete} does it'],
  [of('move', '/map/a/b', { from: '/map' }), 'move /map/a/b: /map cannot be moved into itself'],
  [of('move', '/map/a', { from: '' }), 'move /map/a: the object cannot be moved into itself'],
  [of('copy', '/map/c', { from: '/map/b' }), 'copy /map/c: there is no /map/b'],
  [of('test', '/map', value({ a: 1, b: undefined })), 'test /map: there is another value'],
  [of('test', '/map/a', value('1')), 'test /map/a: there is another value'],
  [of('test', '/list', value({ 0: 1, 1: 2 })), 'test /list: there is another value'],
])('refuses %j', (operation, message) =>
  expect(() => applyOperations(document, [of('test', '/name', value('api')), operation])).toThrow(
    expect.objectContaining({ name: 'OperationError', index: 1, message }),
  ),
);

it('pointers', () =>
  expect(['', '/', '/a~0~1', 'spec/replicas', '#/a', '/a~', '/a~2'].map(pointerFault)).toEqual([
    undefined,
    undefined,
    undefined,
    'must begin with "/", as in /spec/replicas',
    'must begin with "/", as in /#/a',
    'has a "~" that is not ~0 (for "~") or ~1 (for "/")',
    'has a "~" that is not ~0 (for "~") or ~1 (for "/")',
  ]));
