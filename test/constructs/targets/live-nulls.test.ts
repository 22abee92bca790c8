// Charts whose values live: values that are taken away with null, and names of the release that a chart is installed under.
import { compared, type Difference } from '../../../constructs/targets/live/tree/compare';
import type { Condition, Piece } from '../../../constructs/targets/live/tree/model';
import { RELEASE_NAME } from '../../../constructs/targets/live/values/leaves';
import { Printer } from '../../../constructs/targets/live/print/print';
import { ValuesError } from '../../../helm/check';
import { flag, group, list, number, table, text } from '../../../helm/schema';
import { DEVSTATS_SECRETS } from '../../../scripts/support/devstats-secrets';
import { chartFilesOf } from '../../support/chart-files';
import { released } from '../../support/live-release';

const different = (release: ReturnType<typeof released>, values: Record<string, unknown>): Difference[] =>
  compared(release.printed(values), release.expected(values));

describe('null in place of a value', () => {
  const fields = {
    replicas: number(2, 'Replicas.'),
    port: number(80, 'Port.'),
    wait: flag(true, 'Waits.'),
    policy: text('Always', 'Policy.'),
    strategy: table({ type: 'Recreate' }, 'Strategy.'),
    least: number(1, 'Least.'),
    enabled: flag(true, 'On.'),
    on: flag(true, 'On, too.'),
  };
  const release = released(fields, ({ replicas, port, wait, policy, strategy, least, enabled, on }) => [
    {
      replicas,
      port,
      args: [`host:${String(port ?? '')}`],
      config: `one\nport ${String(port ?? '')}\ntwo`,
      wait,
      policy,
      strategy,
      least: least ?? 0,
    },
    ...(enabled === false ? [] : [{ part: true }]),
    ...(on ? [{ other: true }] : []),
  ]);

  it('is nothing where the value stands, and what it is otherwise where that is something', () => {
    const limits: Record<string, string[]> = { port: ['most 999999'], least: ['blank'] };
    for (const path of ['replicas', 'port', 'wait', 'policy', 'strategy', 'least', 'on']) {
      expect([path, release.isFixed(path), release.limits(path)]).toEqual([path, false, limits[path] ?? []]);
      expect([path, different(release, { [path]: null })]).toEqual([path, []]);
    }
    expect(different(release, { replicas: 0, port: 0, wait: false, policy: '', strategy: {}, least: 0, on: false })).toEqual([]);
  });

  it('is told from 0 where a text decides whether it is there by being filled', () => {
    const noughts = released(
      { most: text('1', 'Most.'), least: text(undefined, 'Least.'), host: text('a', 'Host.') },
      ({ most, least, host }) => [
        {
          ...(most === undefined || most === null || most === '' ? {} : { most }),
          config: `one${least === undefined || least === null || least === '' ? '' : `\nleast: ${String(least)}`}\ntwo`,
          ...(host ? { host } : {}),
        },
      ],
    );
    for (const path of ['most', 'least', 'host'])
      for (const value of [0, 5, false, '', 'x', null])
        if (path !== 'host' || value !== false) expect([path, value, different(noughts, { [path]: value })]).toEqual([path, value, []]);
    expect(['most', 'least', 'host'].filter(noughts.takesNought)).toEqual(['most', 'least']);
  });

  it('is for one of a group that the release takes for empty when all of it is nothing', () => {
    const image = group({ name: text('nginx', 'Name.'), policy: text('Always', 'Policy.'), tag: text('', 'Tag.') });
    const grouped = released({ image }, ({ image: own }) => {
      const { name, policy, tag } = own as Record<string, unknown>;
      const isThere = [name, policy, tag].some((one) => one !== undefined && one !== null);
      return [{ ...(isThere ? { image: `${String(name ?? '')}:${String(tag ?? '')}` } : {}), ...(policy ? { policy } : {}) }];
    });
    const nulls = ['name', 'policy', 'tag'].filter((key) => grouped.limits(`image.${key}`).includes('null'));
    expect(nulls).toHaveLength(1);
    const others = Object.fromEntries(['name', 'policy', 'tag'].flatMap((key) => (nulls.includes(key) ? [] : [[key, null]])));
    expect(different(grouped, { image: others })).toEqual([]);
  });

  it('is on for a switch that only false turns off', () => {
    expect([release.isFixed('enabled'), release.limits('enabled')]).toEqual([false, []]);
    for (const enabled of [null, true, false]) expect(different(release, { enabled })).toEqual([]);
    const names = {
      path: () => ['web', 'enabled'],
      isContainer: () => false,
      isSwitch: () => true,
      isText: () => false,
      isNeverNought: () => false,
    };
    const printer = new Printer(names);
    expect(printer.condition({ all: [{ leaf: 2, on: true }] })).toBe('ne .Values.web.enabled false');
    expect(printer.condition({ all: [{ leaf: 2, on: false }] })).toBe('not (ne .Values.web.enabled false)');
    const filled = (on: boolean): Condition => ({ all: [{ leaf: 2, on, test: { filled: true } }] });
    expect(new Printer({ ...names, isSwitch: () => false }).condition(filled(true))).toBe('not (has .Values.web.enabled (list nil ""))');
    expect(new Printer({ ...names, isSwitch: () => false }).condition(filled(false))).toBe('has .Values.web.enabled (list nil "")');
  });

  it('is no operand that has to be a text', () => {
    const names = { path: (leaf: number) => (leaf ? ['nameOverride'] : []), isContainer: () => false, isText: () => false };
    const contains = (test: Piece): string =>
      new Printer({ ...names, isNeverNought: () => false }).condition({
        all: [{ leaf: RELEASE_NAME, on: true, test: { contains: test } }],
      });
    expect(contains({ t: 'hole', leaf: 2 })).toBe('contains (.Values.nameOverride | default "" | toString) .Release.Name');
    expect(contains({ t: 'literal', value: 'api' })).toBe('contains "api" .Release.Name');
    expect(contains({ t: 'hole', leaf: 2, otherwise: 'api' })).toBe('contains (.Values.nameOverride | default "api") .Release.Name');
  });

  it('counts where the key of a value is asked for', () => {
    const given = (group: unknown): boolean => Object.keys((group ?? {}) as object).length > 0;
    const keys = released(
      {
        tls: group({ secret: text(undefined, 'Secret.'), ca: text(undefined, 'Authority.'), curves: list(undefined, 'Curves.') }),
        auth: group({ user: text(undefined, 'User.'), note: text(undefined, 'Note.') }),
        on: flag(true, 'On.'),
      },
      ({ tls, auth, on }) => {
        const { secret, ca } = tls as Record<string, unknown>;
        if (given(tls) && !secret) throw new ValuesError([{ path: ['tls', 'secret'], message: 'is needed' }]);
        const { user, note } = auth as Record<string, unknown>;
        return [
          { ...(given(tls) ? { secret, folder: `x/${String(secret)}`, ...(ca ? { ca } : {}) } : {}) },
          on && given(auth) ? { login: { ...(user ? { user } : {}), ...(note ? { note } : {}), kept: true } } : {},
        ];
      },
    );
    const paths = ['tls.secret', 'tls.ca', 'auth.user', 'auth.note'];
    expect(paths.filter(keys.isFixed)).toEqual([]);
    expect(['tls.ca', 'auth.user', 'auth.note'].flatMap(keys.limits)).not.toContain('null');
    expect(keys.isRefused({ tls: { ca: null } })).toBe(true);
    expect(keys.isRefused({})).toBe(false);
    for (const values of [
      { auth: { user: null } },
      { auth: { note: null } },
      { on: false, auth: { note: null } },
      { tls: { secret: 'a', ca: null } },
      { tls: { secret: 'a' }, auth: { user: 'b', note: null } },
    ]) {
      expect([values, keys.isRefused(values)]).toEqual([values, false]);
      expect([values, different(keys, values)]).toEqual([values, []]);
    }
    const names = { path: () => ['a-b', 'tls', 'ca'], isContainer: () => false, isText: () => false, isNeverNought: () => false };
    const printer = new Printer(names);
    expect(printer.condition({ all: [{ leaf: 2, on: true, test: { there: true } }] })).toBe('hasKey $aB.tls "ca"');
    expect(printer.declared(printer.condition({ all: [{ leaf: 2, on: false, test: { there: true } }] }))).toBe(
      '{{- $aB := index .Values "a-b" }}\nnot (hasKey $aB.tls "ca")',
    );
  });

  it('is not taken where the key that counts is one of the release: null takes it out of a chart', () => {
    const fields = { auth: group({ user: text(undefined, 'User.'), note: text(undefined, 'Note.') }) };
    const make = ({ auth }: Record<string, unknown>): Record<string, unknown>[] => [
      Object.keys((auth ?? {}) as object).length ? { login: { ...(auth as object), kept: true } } : {},
    ];
    const other = released(fields, make, [], { auth: { user: 'x' } });
    expect(['auth.user', 'auth.note'].filter(other.isFixed)).toEqual([]);
    expect(other.limits('auth.user')).toContain('null');
    expect(other.limits('auth.note')).not.toContain('null');
  });

  it('is not taken where it is something that the value is not otherwise', () => {
    const other = released({ domain: text('local', 'Domain.') }, ({ domain }) => [
      { hosts: domain === null ? ['x', 'y'] : `x.${String(domain)}` },
    ]);
    expect(other.isFixed('domain')).toBe(false);
    expect(other.limits('domain')).toContain('null');
  });
});

describe('a part in which many values need another one', () => {
  it('is looked at with its switch on', () => {
    const refuse = (path: string, message: string): never => {
      throw new ValuesError([{ path: path.split('.'), message }]);
    };
    const names = ['one', 'two', 'three', 'four'];
    const tls = Object.fromEntries(
      names.map((key) => [key, group({ secret: text(undefined, 'Secret.'), insecure: flag(undefined, 'Any.') })]),
    );
    const login = { user: text(undefined, 'User.'), password: text(undefined, 'Password.'), timeout: text(undefined, 'Timeout.') };
    const fields = { web: group({ enabled: flag(true, 'On.'), nodes: flag(false, 'Nodes.'), login: group(login), ...tls }) };
    const release = released(fields, ({ web }) => {
      const { enabled, nodes, ...groups } = web as Record<string, Record<string, unknown>>;
      if (!enabled) return [{}];
      const given = (key: string): boolean => Object.values(groups[key] ?? {}).some((value) => value !== undefined);
      for (const key of names) if (given(key) && !groups[key]?.['secret']) refuse(`web.${key}.secret`, `is needed in ${key}`);
      const lines = Object.entries(groups['login'] ?? {}).flatMap(([key, value]) => (value ? [`  ${key}: ${String(value)}`] : []));
      const secrets = names.flatMap((key) => (given(key) ? [`${key}: ${String(groups[key]?.['secret'])}`] : []));
      return [{ config: ['first', ...(nodes && given('login') ? ['login {', ...lines, '}'] : []), ...secrets, ''].join('\n') }];
    });
    for (const key of ['user', 'password', 'timeout'])
      for (const value of ['x', null]) {
        const values = { web: { nodes: true, login: { [key]: value } } };
        if (value !== null || !release.limits(`web.login.${key}`).includes('null'))
          expect([values, release.printed(values)]).toEqual([values, release.expected(values)]);
      }
    expect(
      names.filter((key) => release.isFixed(`web.${key}.insecure`) || !release.isRefused({ web: { [key]: { insecure: true } } })),
    ).toEqual([]);
  });
});

describe('another name of the release', () => {
  it('has what is left out under its own', () => {
    const release = released({ tag: text('1', 'Tag.') }, ({ tag }, { name }) => {
      const host = `${name}-db`;
      return [
        {
          tag,
          containers: [{ env: [{ name: 'A', value: tag }, ...(host === 'ci-db' ? [] : [{ name: 'HOST', value: host }])] }],
          config: ['one: 1', '', 'two: 2', ...(host === 'ci-db' ? [] : ['', 'database:', `  host: ${host}`]), ''].join('\n'),
        },
      ];
    });
    expect(release.reason('.Release.Name')).toBeUndefined();
    expect(different(release, {})).toEqual([]);
    expect(compared(release.printed({}, 'other'), release.expected({}, 'other'))).toEqual([]);
  });

  it('is refused where names of objects would be cut, or do not begin with it', () => {
    const release = released({ tag: text('1', 'Tag.') }, ({ tag }, { name }) => [
      { tag, metadata: { name: name.includes('web') ? name : `${name}-web-server`.slice(0, 30) } },
    ]);
    expect(release.refusedNames).toEqual({ longest: 19, words: ['web'] });
    const long = released({ own: text('', 'Own name.') }, ({ own }, { name }) => [
      { metadata: { name: `${name}-${String(own || 'web')}`.slice(0, 63) } },
    ]);
    // 62 letters, and a dash: the leaf comes behind the two of the release.
    expect(long.refusedNames).toEqual({ together: [[2, 62]], words: [] });
  });
});

describe('an object that is off, with null for its name', () => {
  it('has a template, which is called as it is by default', () => {
    const values = [DEVSTATS_SECRETS, { testsPodName: null }];
    const files = chartFilesOf({ release: 'devstats', chart: 'devstats', namespace: 'devstats', live: ['.'], values });
    expect(files['templates/pod-devstats-tests.yaml']).toContain('  name: {{ .Values.testsPodName | quote }}\n');
  });
});
