import { locate } from '../../../helm/yaml/locate';

const TEXT = `# values
api:
  image: {repository: x, tag: "1"}
  hosts:
  - a
  - name: b
on: 1
base: &base
  shared: 1
web:
  <<: *base
  own: 2
copy: *base
api:
  again: 1
`;

describe('locate', () => {
  it.each<[(string | number)[], [number, number] | undefined]>([
    [
      ['api', 'again'],
      [15, 3],
    ],
    [['api'], [14, 1]],
    [
      ['api', 'image', 'tag'],
      [3, 26],
    ],
    [
      ['api', 'hosts', 1, 'name'],
      [6, 5],
    ],
    [
      ['api', 'hosts', 0],
      [5, 5],
    ],
    [['true'], [7, 1]],
    [
      ['web', 'shared'],
      [9, 3],
    ],
    [
      ['web', 'own'],
      [12, 3],
    ],
    [
      ['copy', 'shared'],
      [9, 3],
    ],
    [['nothing'], undefined],
    [['api', 'hosts', 7], undefined],
    [['api', 'image', 'tag', 'deeper'], undefined],
  ])('finds %j', (path, expected) => expect(locate(TEXT, path)).toEqual(expected && { line: expected[0], column: expected[1] }));

  it('looks into the last document first', () => {
    expect(locate('a: 1\nb: 2\n---\na: 3\n', ['a'])).toEqual({ line: 4, column: 1 });
    expect(locate('a: 1\nb: 2\n---\na: 3\n', ['b'])).toEqual({ line: 2, column: 1 });
  });

  it('knows nothing of a text that cannot be read', () => expect(locate('a: [', ['a'])).toBeUndefined());
});
