// Charts whose values live: texts that names are made with, that hold YAML, or whose default follows the release.
import { ValuesError } from '../../../helm/check';
import { withUnseen } from '../../../constructs/targets/live/described';
import type { Container, Form, Node } from '../../../constructs/targets/live/tree/model';
import { describe as describeRelease } from '../../../constructs/targets/live/probe';
import type { Limit } from '../../../constructs/targets/live/values/marks';
import { flag, group, text } from '../../../helm/schema';
import { readYaml } from '../../../helm/yaml/read';
import { quantity } from '../../../kubernetes/quantity';
import { laterVersions, patternsOf } from '../../../constructs/targets/live/values/rules';
import { chartFilesOf, withoutReferences } from '../../support/chart-files';
import { released } from '../../support/live-release';

describe('a value that names of objects are made with', () => {
  const fields = {
    fullname: text('', 'Name.'),
    own: text('', 'Own name.'),
    account: text('', 'Account.'),
    create: flag(true, 'Makes the account.'),
    on: flag(true, 'On.'),
  };
  const objects = ({ fullname, own, account, create, on }: Record<string, unknown>, name: string): Record<string, unknown>[] => {
    const full = String(fullname || `${name}-${String(own || 'web')}`);
    const used = String(account || (create ? full : 'default'));
    return [
      { kind: 'ServiceAccount', metadata: create ? { name: used } : undefined },
      { kind: 'Service', metadata: on ? { name: full } : undefined, app: own || 'web' },
      { kind: 'Pod', metadata: { name: `${full}-pod` }, account: used },
    ].filter(({ metadata }) => metadata);
  };
  const release = released(fields, (values, { name }) => objects(values, name));

  it('is live: what stands in for it follows others', () => {
    expect(Object.keys(fields).filter(release.isFixed)).toEqual([]);
    for (const fullname of ['', 'full'])
      for (const own of ['', 'own'])
        for (const account of ['', 'account'])
          for (const create of [true, false]) {
            const values = { fullname, own, account, create };
            expect(release.printed(values)).toEqual(release.expected(values));
          }
  });

  it('is fixed where a longer one would be cut', () => {
    const cut = released({ fullname: text('', 'Name.') }, ({ fullname }, { name }) => [
      { metadata: { name: String(fullname || `${name}-web`).slice(0, 20) } },
    ]);
    expect(cut.reason('fullname')).toBe('a longer name would be cut');
  });

  it('must be none that the name of the release contains, where that is told apart', () => {
    const contained = released({ own: text('', 'Name.') }, ({ own }, { name }) => {
      const base = String(own || 'web');
      return [{ metadata: { name: name.includes(base) ? name : `${name}-${base}` } }];
    });
    expect(contained.isFixed('own')).toBe(false);
    expect(contained.limits('own')).toContain('inRelease');
  });

  it('follows a name of the release that contains it, where another value may stand in for the whole name', () => {
    const fields = { own: text('', 'Name.'), fullname: text('', 'Whole name.') };
    const names = released(fields, ({ own, fullname }, { name }) => {
      const base = String(own || 'web');
      const whole = String(fullname || (name.includes(base) ? name : `${name}-${base}`));
      return [{ metadata: { name: whole }, url: `http://${whole}:80` }, { metadata: { name: `${whole}-files` } }];
    });
    expect(names.limits('own')).not.toContain('inRelease');
    expect(names.refusedNames.words).toEqual([]);
    for (const name of ['other', 'web', 'my-web', 'webhooks', 'aweb'])
      for (const values of [{}, { own: 'hook' }, { own: 'my' }, { fullname: 'whole' }])
        expect(names.printed(values, name)).toEqual(names.expected(values, name));
  });

  it('follows a name of the release that contains the beginning of another part of a name, and not all of it', () => {
    const names = released({ own: text('', 'Name.') }, ({ own }, { name }) => {
      const nameWith = (part: string): string => (name.includes(part) ? name : `${name}-${part}`);
      const whole = String(own || nameWith('db-migrator'));
      return [
        { metadata: { name: whole }, host: `${nameWith('db')}-public`, secret: `${nameWith('db')}-client-secret` },
        { metadata: { name: `${whole}-files` }, log: `--to=${whole} --from=${nameWith('db')}-0.${nameWith('db')}` },
      ];
    });
    expect(names.refusedNames.words).toEqual([]);
    for (const name of ['other', 'db', 'my-db', 'adbs', 'db-migrator', 'my-db-migrator', 'db-public'])
      for (const values of [{}, { own: 'whole' }]) expect(names.printed(values, name)).toEqual(names.expected(values, name));
  });
});

describe('a text in whose place another one stands as long as it is given', () => {
  it('takes numbers where it is printed as it is', () => {
    const fields = { on: flag(false, 'Budget.'), least: text('', 'Least.'), most: text('25%', 'Most.') };
    const release = released(fields, ({ on, least, most }) => [on ? { spec: least ? { least } : { most } } : {}]);
    expect(Object.keys(fields).filter(release.isFixed)).toEqual([]);
    expect(release.limits('most')).not.toContain('number');
    for (const values of [
      { on: true, most: 2 },
      { on: true, least: 3, most: 2 },
      { on: true, most: '50%' },
    ])
      expect(release.printed(values)).toEqual(release.expected(values));
  });
});

describe('a text that holds a list as YAML', () => {
  it('is live where the list stands as it is', () => {
    const release = released({ more: text('', 'More.'), first: text('', 'First.') }, ({ more, first }) => {
      const read = (value: unknown, path: string): unknown[] => {
        const items: unknown = value ? readYaml(String(value), path) : [];
        if (!Array.isArray(items)) throw new ValuesError([{ path: [path], message: 'must be YAML text that holds a list' }]);
        return items as unknown[];
      };
      return [{ all: [{ name: 'own' }, ...read(more, 'more')], first: read(first, 'first').length }];
    });
    expect(['more', 'first'].filter(release.isFixed)).toEqual(['first']);
    const values = { more: '- name: a\n- name: b\n' };
    expect(release.printed(values)).toEqual(release.expected(values));
    expect(release.limits('more')).toEqual(expect.arrayContaining(['number', 'flag']));
  });
});

describe('a value whose default is made of the name of the release', () => {
  it('is not there until somebody gives it', () => {
    const release = released({ host: text(({ release: name }) => `${name}-queue`, 'Host.') }, ({ host }) => [{ host }]);
    expect(release.isFixed('host')).toBe(false);
    expect(release.printed({})).toEqual(release.expected({}));
    expect(release.printed({ host: 'x' })).toEqual(release.expected({ host: 'x' }));
  });
});

describe('a text that is a number when it consists of digits', () => {
  it('stands without quotes', () => {
    const release = released({ most: text(1, 'Most.') }, ({ most }) => {
      if (!/^\d+%?$/.test(String(most))) throw new ValuesError([{ path: ['most'], message: 'must be a number or a share' }]);
      return [{ most: /%/.test(String(most)) ? most : Number(most) }];
    });
    expect(release.isFixed('most')).toBe(false);
    for (const most of [1, '3', '25%']) expect(release.printed({ most })).toEqual(release.expected({ most }));
  });
});

describe('a text that stands somewhere where no number was seen in its place', () => {
  it('takes none', () => {
    const leaf = (form?: Form): Node => ({ t: 'hole', leaf: 2, ...(form ? { form } : {}) });
    const limitsWith = (...holes: readonly Node[]): Limit[] => {
      const described = describeRelease(
        {
          schema: group({}),
          values: {},
          hasSecrets: true,
          isPlain: true,
          parts: [],
          release: { name: 'ci', namespace: 'ns' },
          again: () => [],
        },
        { live: ['.'], fix: [] },
      );
      const tree: Container = { t: 'map', members: holes.map((value, index) => ({ key: { t: 'literal', value: index }, value })) };
      return [...(withUnseen({ ...described, tree, shapes: [[], [], ['text']] }).limits.get(2) ?? [])];
    };
    expect(limitsWith(leaf('text'), leaf('json'))).toEqual([]);
    expect(limitsWith(leaf('text'), leaf())).toEqual(['number', 'flag']);
  });
});

describe('a word', () => {
  const choices = ['Issuer', 'ClusterIssuer'] as const;

  it('is told apart where it shows only beside other values', () => {
    const release = released(
      {
        skipThis: flag(undefined, 'Skip.'),
        skipMore: flag(undefined, 'More.'),
        issuer: text(undefined, 'Issuer.'),
        kind: text('Issuer', 'Kind.', { choices }),
      },
      ({ skipThis, skipMore, issuer, kind }) => [
        ...(skipThis ? [] : [issuer ? { [kind === 'ClusterIssuer' ? 'cluster' : 'own']: issuer } : {}]),
        ...(skipMore ? [] : [{ metadata: { name: 'more' } }]),
      ],
    );
    expect(['skipThis', 'issuer', 'kind'].filter(release.isFixed)).toEqual([]);
    for (const kind of choices) expect(release.printed({ issuer: 'x', kind })).toEqual(release.expected({ issuer: 'x', kind }));
  });

  it('may bring another order into a list', () => {
    const release = released({ kind: text('Issuer', 'Kind.', { choices }), tag: text('1', 'Tag.') }, ({ kind, tag }) => [
      { verbs: kind === 'Issuer' ? ['get', 'list', 'patch'] : ['get', 'patch', 'watch', 'list'], tag },
    ]);
    expect(['kind', 'tag'].filter(release.isFixed)).toEqual([]);
    for (const kind of choices) expect(release.printed({ kind })).toEqual(release.expected({ kind }));
  });

  it('that must not be empty is told apart, too', () => {
    const release = released({ kind: text('Issuer', 'Kind.', { choices }) }, ({ kind }) => {
      if (!kind) throw new ValuesError([{ path: ['kind'], message: 'must not be empty' }]);
      return [{ kind, limit: kind === 'Issuer' ? 0 : 9 }];
    });
    expect(release.isFixed('kind')).toBe(false);
    for (const kind of choices) expect(release.printed({ kind })).toEqual(release.expected({ kind }));
  });
});

describe('a text of which the release takes some', () => {
  const refusing = (pattern: RegExp) =>
    released({ secret: text('', 'Secret.'), tag: text('1', 'Tag.') }, ({ secret, tag }) => {
      if (secret && !pattern.test(String(secret))) throw new ValuesError([{ path: ['secret'], message: 'must be another text' }]);
      return [{ secret, tag }];
    });

  it.each([
    ['hostName', /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/],
    ['label', /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/],
    ['labelValue', /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/],
    ['unspaced', /^\S+$/],
  ] as const)('has the rule %s', (rule, pattern) => {
    const release = refusing(pattern);
    expect(['secret', 'tag'].filter(release.isFixed)).toEqual([]);
    expect(release.limits('secret')).toContain(rule);
    expect(release.limits('tag').filter((one) => one === rule)).toEqual([]);
  });

  it('has versions that are not before the default where older ones decide something', () => {
    const release = released({ tag: text('v2.4.19', 'Tag.') }, ({ tag }) => {
      const [, major = '', minor = '0'] = /^v?(\d+)(?:\.(\d+))?(?:\.\d+)?$/.exec(String(tag)) ?? [];
      if (!major) throw new ValuesError([{ path: ['tag'], message: 'must be a version' }]);
      return [{ image: `x:${String(tag)}`, ...(Number(major) * 100 + Number(minor) >= 204 ? { hasMore: true } : {}) }];
    });
    expect([release.isFixed('tag'), release.limits('tag')]).toEqual([false, expect.arrayContaining(['later'])]);
    const [pattern = ''] = patternsOf((rule) => rule === 'later', 'v2.4.19');
    const later = ['v2.4.19', 'v2.4.20', 'v2.4.100', 'v2.5.0', 'v2.10.1', 'v3.0.0', 'v10.0.1', 'v203.4.5'];
    const others = ['v2.4.18', 'v2.4.9', 'v2.3.99', 'v1.9.9', 'v0.40.40', '2.4.19', 'v2.4', 'v3', 'v2.4.19-alpha', 'v2.04.20', 'latest'];
    expect([...later, ...others].filter((tag) => new RegExp(pattern).test(tag))).toEqual(later);
    for (const tag of later) expect(release.printed({ tag })).toEqual(release.expected({ tag }));
    expect(laterVersions('v2.4.19')?.filter((tag) => !new RegExp(pattern).test(tag))).toEqual([]);
    expect(laterVersions('latest')).toBeUndefined();
  });

  it('takes in Helm what it takes here, and is refused otherwise', () => {
    const schema = chartFilesOf({ release: 'buildshuttle', chart: 'buildshuttle', namespace: 'b', live: ['.'] })['checks/rules.json'] ?? '';
    const { registries } = withoutReferences<Record<string, { properties: Record<string, object> }>>(schema);
    const { allOf = [] } = (registries?.properties['existingSecret'] ?? {}) as { allOf?: readonly { readonly pattern?: string }[] };
    const isTaken = (name: string): boolean => allOf.every(({ pattern = '' }) => new RegExp(pattern).test(name));
    expect(['my-secret', 'a.b', 'bWFya2Vy', '-a', 'a b'].filter(isTaken)).toEqual(['my-secret', 'a.b']);
  });
});

describe('a text of digits', () => {
  it('is found where it is seen only when another value is off', () => {
    const release = released({ existing: text(undefined, 'Existing.'), port: text('5432', 'Port.') }, ({ existing, port }) => {
      if (!existing && !/^[0-9]+$/.test(String(port)))
        throw new ValuesError([{ path: ['port'], message: `must be a port, not ${String(port)}` }]);
      return [existing ? { existing } : { port }];
    });
    expect(['existing', 'port'].filter(release.isFixed)).toEqual([]);
    expect(release.printed({ port: '80' })).toEqual(release.expected({ port: '80' }));
  });
});

describe('values of which each is taken', () => {
  const isNought = (value: unknown): boolean => String(value) === '0';
  const release = released(
    {
      on: flag(true, 'On.'),
      most: text(1, 'Most.'),
      least: text(1, 'Least.'),
      request: text('200m', 'Request.'),
      limit: text('2', 'Limit.'),
    },
    (values) => {
      const refuse = (path: string, message: string): never => {
        throw new ValuesError([{ path: [path], message }]);
      };
      const { on, most, least, request, limit } = values;
      const there = (name: string): object => (values[name] === '' || (values[name] ?? null) === null ? {} : { [name]: values[name] });
      if (!on) return [{}];
      if (isNought(most) && isNought(least)) refuse('least', 'must not be 0 while most is 0');
      const [asked, allowed] = [request, limit].map((value) => (value ? quantity(String(value)) : 0n)) as [bigint?, bigint?];
      if (asked === undefined) refuse('request', 'must be an amount');
      if (allowed === undefined) refuse('limit', 'must be an amount');
      if (request && limit && (asked ?? 0n) > (allowed ?? 0n))
        refuse('limit', `must not be less than request, "${String(request)}": it is "x"`);
      return [{ ...there('most'), ...there('least'), request: request || 'none', limit: limit || 'none' }];
    },
  );

  it('are refused together where they are 0', () => {
    expect(['most', 'least'].filter(release.isFixed)).toEqual([]);
    expect(release.refusals).toContainEqual(['leasttrue', 'mosttrue', 'on']);
    for (const values of [{ most: 0 }, { least: 0 }, { most: 0, least: '' }, { on: false, most: 0, least: 0 }])
      expect([values, release.isRefused(values)]).toEqual([values, false]);
    expect(release.isRefused({ most: 0, least: 0 })).toBe(true);
  });

  it('are refused where an amount is less than the one that it is compared with', () => {
    expect(['request', 'limit'].filter(release.isFixed)).toEqual([]);
    expect(release.limits('limit')).toContain('quantity');
    expect(release.messages).toContain('limit: must not be less than request');
    for (const [request, limit, isRefused] of [
      ['200m', '100m', true],
      ['1Gi', '1000M', true],
      ['3', 2, true],
      ['2', '2000m', false],
      ['', '1m', false],
      ['5', '', false],
    ])
      expect([request, limit, release.isRefused({ request, limit })]).toEqual([request, limit, isRefused]);
    expect(release.isRefused({ on: false, limit: '1m' })).toBe(false);
  });
});
