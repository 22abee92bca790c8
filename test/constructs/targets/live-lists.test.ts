// Lists and maps that templates go through: item by item, joined, or as YAML in a text.
import { IN_TEXT } from '../../../constructs/targets/live/print/patterns';
import { Printer } from '../../../constructs/targets/live/print/print';
import { evaluate, type Container, type Each } from '../../../constructs/targets/live/tree/model';
import { specialized } from '../../../constructs/targets/live/tree/specialize';
import { liveRules, type Standing } from '../../../constructs/targets/live/print/rules-file';
import { ValuesError } from '../../../helm/check';
import { any, flag, group, items, list, number, table, text } from '../../../helm/schema';
import { toGoYaml } from '../../../helm/yaml/go';
import { released } from '../../support/live-release';

interface Mount {
  readonly name?: string;
  readonly path?: string;
  readonly readOnly?: boolean;
}
const mounts = items([], 'Mounts.', {
  name: text(undefined, 'Name.'),
  path: text(undefined, 'Path.'),
  readOnly: flag(undefined, 'Whether it is only read.'),
});
const listOf = <T>(value: unknown): readonly T[] => (Array.isArray(value) ? (value as T[]) : []);

/** Entries of a map; one that is null was taken away. */
const entriesOf = (value: unknown): [string, unknown][] => Object.entries((value ?? {}) as object).filter(([, one]) => one !== null);

describe('a list whose items are read one by one', () => {
  const release = released({ mounts, prefix: text('ci', 'Prefix.') }, ({ mounts: all, prefix }) => [
    {
      mounts: [
        { name: 'first' },
        ...listOf<Mount>(all).map(({ name, path, readOnly }) => ({
          name: `${String(prefix)}-${name}`,
          ...(path ? { path } : {}),
          ...(readOnly ? { readOnly } : {}),
        })),
      ],
      volumes: [...listOf<Mount>(all).map(({ name }) => ({ name: `${String(prefix)}-${name}` })), { name: 'last' }],
    },
  ]);

  it.each([
    [{}],
    [{ mounts: [{ name: 'a' }] }],
    [
      {
        mounts: [
          { name: 'a', path: '/a' },
          { name: 'b', readOnly: true },
          { name: 'c', path: '/c', readOnly: false },
        ],
        prefix: 'x',
      },
    ],
  ])('is a loop: %j', (values) => {
    expect(release.isFixed('mounts')).toBe(false);
    expect(release.printed(values)).toEqual(release.expected(values));
  });

  it('is fixed where a part of the items stands alone, or decides over something else', () => {
    const first = released({ mounts }, ({ mounts: all }) => [
      { all: listOf<Mount>(all).map(({ name }) => ({ name })), first: listOf<Mount>(all)[0]?.path },
    ]);
    const any = released({ mounts }, ({ mounts: all }) => [
      {
        all: listOf<Mount>(all).map(({ name }) => ({ name })),
        ...(listOf<Mount>(all).some(({ readOnly }) => readOnly) ? { safe: true } : {}),
      },
    ]);
    expect([first, any].map((one) => one.isFixed('mounts'))).toEqual([true, true]);
  });

  it('is fixed where it chooses by what is in it', () => {
    const chosen = released({ kinds: list(['a', 'b'], 'Kinds.') }, ({ kinds }) => [
      { kinds: listOf(kinds).join(','), rules: ['a', 'b', 'c'].filter((one) => listOf(kinds).includes(one)) },
    ]);
    expect(chosen.isFixed('kinds')).toBe(true);
    expect(chosen.printed({})).toEqual(chosen.expected({}));
  });
});

describe('a list, or a map, in texts', () => {
  const release = released(
    { hosts: list(['a', 'b'], 'Hosts.'), flags: table({ level: 'info' }, 'Flags.'), folders: list([], 'Folders.') },
    ({ hosts, flags, folders }) => [
      {
        hosts: listOf(hosts).length ? `to ${listOf(hosts).join(',')}` : 'nowhere',
        args: [
          ...entriesOf(flags)
            .toSorted()
            .map(([key, value]) => `--${key}=${String(value)}`),
          ...listOf(folders).map((folder) => `--folder=${String(folder)}`),
        ],
      },
    ],
  );

  it.each([
    [{}],
    [{ hosts: [], folders: ['x', 'y'] }],
    [{ hosts: ['one'], flags: { level: null } }],
    [{ hosts: ['p', 'q', 'r'], flags: { b: '2', a: '1' }, folders: ['z'] }],
  ])('is joined, and stands behind flags: %j', (values) => {
    expect(['hosts', 'flags', 'folders'].map(release.reason)).toEqual([undefined, undefined, undefined]);
    expect(release.printed(values)).toEqual(release.expected(values));
  });

  it('is YAML of its own there', () => {
    const settings = released({ global: table({ interval: '5s' }, 'Settings.'), targets: list([], 'Targets.') }, ({ global, targets }) => [
      {
        file: [
          'global:',
          ...toGoYaml(Object.fromEntries(entriesOf(global)))
            .split('\n')
            .map((line) => `  ${line}`),
          ...(listOf(targets).length ? ['targets:', toGoYaml(targets)] : []),
          'end: true',
        ].join('\n'),
      },
    ]);
    expect(['global', 'targets'].filter(settings.isFixed)).toEqual([]);
    for (const values of [{}, { global: { interval: '1m', labels: { a: 'b' } }, targets: [{ url: 'x', more: [1] }, 'y'] }])
      expect(settings.printed(values)).toEqual(settings.expected(values));
  });
});

describe('a text that is a file', () => {
  const fileOf = (value: unknown): string => String(value).replace(/\n*$/, (_, at: number) => (at ? '\n' : ''));
  const TEXTS = ['', 'one line', 'a: "1"\n  b: c\n', '\n- "x"\n\n\n', '\\ {c} # d'];

  it('has any lines, as an entry of a map and as a value of its own', () => {
    const fields = { files: table({ 'config.yaml': 'a: b' }, 'Files.'), rules: text('none', 'Rules.') };
    const release = released(fields, ({ files, rules }) => [
      {
        data: Object.fromEntries(Object.entries((files ?? {}) as object).map(([name, content]) => [name, fileOf(content)])),
        ...(rules ? { binary: { rules: fileOf(rules) } } : {}),
      },
    ]);
    expect(Object.keys(fields).filter(release.isFixed)).toEqual([]);
    for (const one of TEXTS)
      for (const values of [{ files: { 'config.yaml': one } }, { files: { 'other.yaml': one } }, { rules: one }])
        expect(release.printed(values)).toEqual(release.expected(values));
  });

  it('stays one in a release that has files of its own, one of them empty', () => {
    const given = { files: { 'own.yaml': 'a:\n  "b"\n', 'empty.yaml': '' } };
    const release = released(
      { files: table(() => ({ 'config.yaml': 'a: b' }), 'Files.', { items: text(undefined, 'File.') }) },
      ({ files }) => [{ data: Object.fromEntries(Object.entries((files ?? {}) as object).map(([name, one]) => [name, fileOf(one)])) }],
      [],
      given,
    );
    expect(release.isFixed('files')).toBe(false);
    for (const one of TEXTS)
      for (const values of [{ files: { 'own.yaml': one } }, { files: { 'other.yaml': one } }])
        expect(release.printed(values)).toEqual(release.expected(values));
  });

  it('is none where its lines are told apart', () => {
    const release = released({ rules: text('none', 'Rules.') }, ({ rules }) => [{ rules: `${String(rules).split('\n')[0]}\n` }]);
    expect(JSON.stringify(release.tree)).not.toContain('"form":"file"');
  });
});

describe('a template', () => {
  it('goes through a list by the name of the value, and reaches others from the top', () => {
    const printer = new Printer({
      path: (leaf) =>
        [
          ['web', 'mounts'],
          ['web', 'prefix'],
        ][leaf - 2] ?? [],
      isContainer: (leaf) => leaf === 2,
      isText: () => false,
      isNeverNought: () => true,
      item: (leaf) => (leaf === 4 ? { list: 2, at: ['name'] } : leaf === 5 ? { list: 2, at: ['only-read'] } : undefined),
    });
    const tree: Container = {
      t: 'map',
      members: [
        {
          key: { t: 'literal', value: 'mounts' },
          value: {
            t: 'list',
            members: [
              { value: { t: 'literal', value: 'first' } },
              {
                value: {
                  t: 'each',
                  leaf: 2,
                  fields: [],
                  members: [
                    {
                      value: { t: 'pieces', parts: [{ t: 'hole', leaf: 3 }, '-', { t: 'hole', leaf: 4 }] },
                      when: { all: [{ leaf: 5, on: true }] },
                    },
                  ],
                },
              },
            ],
          },
        },
        { key: { t: 'literal', value: 'hosts' }, value: { t: 'pieces', parts: ['to ', { t: 'joined', leaf: 2, separator: ', ' }] } },
      ],
    };
    expect(printer.object(tree).split('\n')).toEqual([
      'mounts:',
      '- first',
      '{{- range $item := .Values.web.mounts }}',
      // A block of its own would make the template too long.
      '{{- if index $item "only-read" }}{{ "" | nindent 0 }}- "{{ $.Values.web.prefix }}-{{ $item.name }}"{{ end }}',
      '{{- end }}',
      'hosts: "to {{ join ", " .Values.web.mounts }}"',
      '',
    ]);
  });
});

describe('the schema', () => {
  it('says what the items of a list, and the entries of a map, may be', () => {
    const standing: Standing = {
      isLive: true,
      takesNumbers: false,
      takesFlags: false,
      takesEmpty: true,
      takesNull: true,
      takesTyped: true,
      isInText: false,
      isName: false,
      taken: [],
      patterns: [],
    };
    const needed: Standing = { ...standing, takesEmpty: false, takesNull: false, isInText: true };
    const schema = liveRules(
      group({ mounts, flags: table({}, 'Flags.'), count: number(1, 'Count.') }),
      {},
      (path) => (/name|key/.test(path) ? needed : standing),
      (path) =>
        path === 'mounts'
          ? [
              { path: 'mounts.[].name', at: ['name'], declared: text(undefined, 'Name.') },
              { path: 'mounts.[].limit', at: ['more', 'limit'], declared: number(undefined, 'Limit.') },
            ]
          : path === 'flags'
            ? [
                { path: 'flags.[].key', at: ['key'], declared: text(undefined, 'Key.') },
                { path: 'flags.[].value', at: ['value'], declared: text(undefined, 'Value.') },
              ]
            : [],
    );
    expect(schema).toMatchObject({
      properties: {
        mounts: {
          items: {
            type: 'object',
            properties: {
              name: { type: 'string', minLength: 1, pattern: IN_TEXT },
              more: { type: 'object', properties: { limit: { type: ['number', 'string', 'null'] } } },
            },
            required: ['name'],
            additionalProperties: false,
          },
        },
        flags: { propertyNames: { minLength: 1 }, additionalProperties: { type: ['string', 'null'] } },
      },
    });
    expect(schema).not.toHaveProperty('properties.count.items');
  });
});

describe('lines that are there for each item of a fixed list', () => {
  it.each(['lines', 'words'] as const)('are those of its items, also where they are the same always: %s', (t) => {
    const item: Each = {
      t: 'each',
      leaf: 2,
      fields: [{ leaf: 3, at: [] }],
      members: [{ value: { t: 'pieces', parts: ['--', { t: 'hole', leaf: 3 }] } }],
    };
    const tree: Container = { t, members: [{ value: { t: 'literal', value: 'run' } }, { value: item }, { value: { t: 'hole', leaf: 4 } }] };
    const fixed = specialized(
      tree,
      (leaf) => leaf === 2 || leaf === 3,
      () => ['a', 'b'],
    );
    expect(evaluate(fixed, (leaf) => (leaf === 4 ? 'end' : undefined))).toBe(['run', '--a', '--b', 'end'].join(t === 'lines' ? '\n' : ' '));
  });
});

describe('a list whose items are refused beside a switch', () => {
  const refuse = (path: string, message: string): never => {
    throw new ValuesError([{ path: path.split('.'), message }]);
  };

  it.each([
    ['the list', 'hosts'],
    ['an item', 'hosts.0'],
  ])('has others there, and is not refused for these: %s is complained of', (_, place) => {
    const fields = { enabled: flag(false, 'On.'), hosts: list(undefined, 'Hosts.'), existing: text('', 'Stands in.') };
    const release = released(fields, ({ enabled, hosts, existing }) => {
      const all = (hosts ?? []) as unknown[];
      if (enabled && all.some((host) => typeof host !== 'string')) refuse(place, 'must be a text');
      if (enabled && all.length && existing) refuse('existing', 'cannot stand beside hosts');
      return [enabled ? { hosts: all, existing } : {}];
    });
    expect(Object.keys(fields).filter(release.isFixed)).toEqual([]);
    expect(release.refusals).toEqual([['enabled', 'existing', 'hosts']]);
    for (const enabled of [true, false])
      for (const values of [{ hosts: ['a', 'b'] }, { hosts: [] }, { existing: 'c' }])
        expect(release.printed({ enabled, ...values })).toEqual(release.expected({ enabled, ...values }));
  });

  it('has other texts in them, where one of the texts is refused', () => {
    const own = items(undefined, 'Hosts.', { host: text(undefined, 'Host.'), port: text(undefined, 'Port.') });
    const release = released({ enabled: flag(false, 'On.'), hosts: own }, ({ enabled, hosts }) => {
      const all = (hosts ?? []) as { host: string; port?: string }[];
      if (enabled && all.some(({ port }) => port !== undefined && !/^\d+$/.test(port))) refuse('hosts.0.port', 'must be a number');
      return [enabled ? { hosts: all.map(({ host, port }) => ({ host, port: port ?? 'none' })) } : {}];
    });
    expect(['enabled', 'hosts'].filter(release.isFixed)).toEqual([]);
    expect(release.refusals).toEqual([]);
    const hosts = [{ host: 'a', port: '1' }, { host: 'b' }];
    expect(release.printed({ enabled: true, hosts })).toEqual(release.expected({ enabled: true, hosts }));
  });

  it.each([true, false])('is fixed where it is refused in all shapes wherever it is seen, by a switch that is %s', (isOn) => {
    const fields = { enabled: flag(isOn, 'On.'), more: any({}, 'Containers by name.'), tag: text('1', 'Tag.') };
    const release = released(fields, ({ enabled, more, tag }) => {
      const all = Object.entries((more ?? {}) as object) as [string, { image?: string }][];
      if (enabled && all.some(([, one]) => one.image === undefined)) refuse('more', 'must be a map of containers by name');
      return [{ tag, ...(enabled ? { containers: all.map(([name, { image }]) => ({ name, image })) } : {}) }];
    });
    expect(Object.keys(fields).filter(release.isFixed)).toEqual(['more']);
    expect(release.reason('more')).toBe('it is checked: must be a map of containers by name');
    expect(release.refusals).toEqual([]);
  });
});
