// The strict check: every mistake at once, each with its path, what is wrong and how to mend it.
import { checkValues, showPath, ValuesError } from '../../helm/check';
import { any, flag, group, items, list, number, table, text, toggle } from '../../helm/schema';

const schema = group({
  enabled: flag(true, 'On.'),
  replicas: number(1, 'Replicas.'),
  image: group({ tag: text('', 'Tag.'), pullPolicy: text('Always', 'Policy.', { choices: ['Always', 'Never'] }) }),
  credentials: group({ username: text(undefined, 'User.') }, { nullable: true }),
  config: group({ files: table({}, 'Files.') }),
  tolerations: list([], 'Tolerations.'),
  affinity: any({}, 'Affinity.'),
  hosts: items([], 'Hosts.', { host: text(undefined, 'Host.') }),
  projects: items([], 'Projects.', { name: text(undefined, 'Name.') }, { neverMap: true }),
  skip: toggle(undefined, 'Skip.'),
  raw: group({ known: text('', 'Known.') }, { open: true }),
});
const problems = (user: Record<string, unknown>): string[] =>
  checkValues(schema, user).issues.map((issue) => `${showPath(issue.path)}: ${issue.message}`);

describe('checkValues', () => {
  it('accepts what the schema declares, nulls and passed-through maps included', () => {
    const accepted = {
      enabled: false,
      replicas: '3',
      image: { tag: 1.5 },
      credentials: null,
      tolerations: [{ anything: 1 }],
      affinity: { unknown: true },
      raw: { other: 1 },
      global: { x: 1 },
    };
    expect(problems(accepted)).toEqual([]);
    expect(problems({ ...accepted, replicasNot: 1 })).toEqual(['replicasNot: unknown key "replicasNot"; did you mean "replicas"?']);
    expect(problems({ tolerations: {}, hosts: {}, projects: [] })).toEqual([]);
    expect(problems({ enabled: null, replicas: null, image: { tag: null } })).toEqual([]);
    expect(problems({ raw: { other: { deep: 1 } }, global: { anything: 1 } })).toEqual([]);
  });

  it.each([true, false, 1, 0, '', null])('takes %j for a toggle', (skip) => {
    expect(problems({ skip })).toEqual([]);
  });

  it('names every unknown key with its path and the nearest known one', () => {
    expect(problems({ enable: true, image: { tags: 'x' }, hosts: [{ host: 'a' }, { hots: 'b' }] })).toEqual([
      'enable: unknown key "enable"; did you mean "enabled"?',
      'image.tags: unknown key "tags"; did you mean "tag"?',
      'hosts[1].hots: unknown key "hots"; did you mean "host"?',
    ]);
  });

  it('refuses null as an item of a list, and leaves helper keys at the top alone', () => {
    expect(problems({ tolerations: [{ key: 'a' }, null], hosts: [null] })).toEqual([
      'tolerations[1]: must not be null: take the item away',
      'hosts[0]: must not be null: take the item away',
    ]);
    expect(problems({ 'x-login': { a: 1 }, image: { 'x-tag': 1 } })).toEqual([
      'image.x-tag: unknown key "x-tag"; keys for anchors, which begin with "x-", stand at the top',
    ]);
  });

  it('says where a key belongs that was put in the wrong place', () => {
    expect(problems({ files: {} })).toEqual(['files: unknown key "files"; did you mean "config.files"?']);
  });

  it.each([
    [
      { enabled: 'false' },
      'enabled: must be true or false, not the text "false" (in Helm any text counts as true, "false" too): take the quotes away',
    ],
    [{ skip: '0' }, 'skip: must be true or false, not the text "0" (in Helm any text counts as true, "false" too): take the quotes away'],
    [{ replicas: 'many' }, 'replicas: must be a number, not the text "many"'],
    [{ replicas: true }, 'replicas: must be a number, not the flag true'],
    [{ image: 'nginx' }, 'image: must be a map with tag, pullPolicy, not the text "nginx"'],
    [{ image: null }, 'image: must not be null: the chart reads the values below it; leave the key out to keep the defaults'],
    [{ image: { tag: ['x'] } }, 'image.tag: must be text, not a list'],
    [{ image: { pullPolicy: 'Sometimes' } }, 'image.pullPolicy: must be one of Always, Never, not the text "Sometimes"'],
    [{ tolerations: { key: 'x' } }, 'tolerations: must be a list, not a map'],
    [{ projects: {} }, 'projects: must be a list, not a map'],
    [{ config: { files: ['x'] } }, 'config.files: must be a map, not a list'],
  ])('refuses the wrong kind in %j', (user, message) => {
    expect(problems(user)).toEqual([message]);
  });

  it('turns unknown keys into warnings on demand, and nothing else', () => {
    const { issues, warnings } = checkValues(schema, { enable: true, replicas: [] }, { unknown: 'warn' });
    expect(warnings).toEqual([{ path: 'enable', message: 'unknown key "enable"; did you mean "enabled"?' }]);
    expect(issues.map((issue) => issue.message)).toEqual(['must be a number, not a list']);
  });

  it('wants all of a login or none of it', () => {
    const login = group({ login: group({ user: text(undefined, 'User.'), password: text(undefined, 'Password.') }, { allOrNone: true }) });
    const check = (user: Record<string, unknown>): string[] =>
      checkValues(login, { login: user }).issues.map((issue) => `${showPath(issue.path)}: ${issue.message}`);
    expect(check({ user: 'a' })).toEqual(['login: lacks password: give user, password, or none of them']);
    expect([check({}), check({ user: 'a', password: '' }), check({ user: null, password: null })]).toEqual([[], [], []]);
  });

  it('is not fooled by keys of the object prototype', () => {
    expect(problems(JSON.parse('{"constructor": 1, "__proto__": {"a": 1}}') as Record<string, unknown>)).toHaveLength(2);
  });
});

describe('ValuesError', () => {
  it('shows one line a mistake', () => {
    expect(
      new ValuesError([
        { path: ['a', 0, 'b.c'], message: 'is wrong' },
        { path: [], message: 'all wrong' },
      ]).message,
    ).toBe('a[0].b\\.c: is wrong\nvalues: all wrong');
  });
});
