// Charts whose values live: what is learned of values that decide something together, and which of them is fixed where that fails.
import { compared } from '../../../constructs/targets/live/tree/compare';
import { identified } from '../../../constructs/targets/live/tree/identity';
import type { Node } from '../../../constructs/targets/live/tree/model';
import { flag, group, list, number, table, text } from '../../../helm/schema';
import { ValuesError } from '../../../helm/check';
import { writeYaml } from '../../../helm/yaml/write';
import { chartFilesOf, checksIn } from '../../support/chart-files';
import { released } from '../../support/live-release';

const literal = (value: string): Node => ({ t: 'literal', value });

/** All ways to choose one of each. */
const combined = (choices: Readonly<Record<string, readonly unknown[]>>): Record<string, unknown>[] =>
  Object.entries(choices).reduce<Record<string, unknown>[]>(
    (all, [key, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [key]: value }))),
    [{}],
  );

describe('what is set by several values', () => {
  const values = { path: ['', 'a'], size: ['', 'b'], claim: ['', 'c'], words: ['', 'd'], on: [true, false] };
  const fields = Object.fromEntries(Object.keys(values).map((key) => [key, key === 'on' ? flag(false, 'On.') : text('', 'One of them.')]));

  it.each([
    ['a flag', 'exec db --cache=1 --port=2 --store=', ' --log'],
    ['a flag with dots', 'exec db --cache=1 --port=2 --storage.db.path=', ' --log'],
    ['a line', 'store {\n  dir: x\n  max_file:', '\n}\n'],
  ])('is %s that is the same one, whatever it is set to', (_, before, after) => {
    const release = released(fields, ({ path, size, claim, words, on }) => {
      const parts = [path && `path=${String(path)}`, (size || claim) && `size=${String(size || claim)}`, words && `words=${String(words)}`];
      return [{ command: on ? `${before}${parts.filter(Boolean).join(',')}${after}` : 'none' }];
    });
    expect(Object.keys(fields).filter(release.isFixed)).toEqual([]);
    for (const one of combined(values)) expect(release.printed(one)).toEqual(release.expected(one));
  });

  it.each([
    ['words', '--store=', '--store.path='],
    ['list', '--store.path=', '--store='],
    ['lines', '  max_file:', '  max_mem:'],
    ['lines', '  name = ', '  name {'],
  ] as const)('is known in %s by what is set: %s', (t, own, other) => {
    const idOf = (start: string, isEmpty: boolean): string | undefined =>
      identified({ t, members: [{ value: isEmpty ? literal(start) : { t: 'pieces', parts: [start, { t: 'hole', leaf: 2 }] } }] })[0]?.id;
    expect(idOf(own, true)).toBe(idOf(own, false));
    expect(idOf(own, true)).not.toBe(idOf(other, true));
  });
});

describe('a text that is a word', () => {
  it('is one of the words that it chooses by, though its schema does not tell of them', () => {
    const release = released({ type: text('soft', 'Type.'), letters: text('None', 'Letters.'), tag: text('1', 'Tag.') }, (values) => {
      const { type, letters, tag } = values as Record<string, string | null>;
      const rule = type === 'hard' ? { must: tag } : type === 'soft' ? { should: tag } : {};
      return [{ tag, letters: String(letters).toLowerCase(), ...rule }];
    });
    expect(['type', 'letters', 'tag'].filter(release.isFixed)).toEqual(['letters']);
    expect(release.choices('type')).toEqual(['soft', 'hard', '']);
    for (const type of ['soft', 'hard', '', null]) expect(release.printed({ type })).toEqual(release.expected({ type }));
  });
});

describe('a text that is refused unless it is one of its choices', () => {
  it('is live', () => {
    const choices = ['Always', 'Never'];
    const release = released({ policy: text('Always', 'Policy.', { choices }), tag: text('1', 'Tag.') }, ({ policy, tag }) => {
      if (!choices.includes(String(policy))) throw new ValuesError([{ path: ['policy'], message: 'must be Always or Never' }]);
      return [{ policy, tag }];
    });
    expect(['policy', 'tag'].filter(release.isFixed)).toEqual([]);
    expect(release.printed({ policy: 'Never' })).toEqual(release.expected({ policy: 'Never' }));
  });
});

describe('a value that is refused beside another one', () => {
  it('is live, and both are known', () => {
    const fields = {
      on: flag(true, 'On.'),
      existing: text('', 'Secret.'),
      cert: text('', 'Certificate.'),
      manager: flag(false, 'Manager.'),
      lonely: text('', 'Needs what is not there.'),
    };
    const release = released(fields, ({ on, existing, cert, manager, lonely }) => {
      const refuse = (path: string): never => {
        throw new ValuesError([{ path: [path], message: 'cannot stand beside another one' }]);
      };
      if (existing && manager) refuse('existing');
      if (cert && existing) refuse('cert');
      if (lonely) refuse('lonely');
      return [on ? { secret: existing || (manager ? 'managed' : 'own'), ...(cert ? { cert } : {}) } : {}];
    });
    expect(Object.keys(fields).filter(release.isFixed)).toEqual(['lonely']);
    expect(release.refusals.toSorted()).toEqual([
      ['cert', 'existing'],
      ['existing', 'manager'],
    ]);
    for (const values of [{ existing: 'a' }, { cert: 'b' }, { manager: true }, { manager: true, cert: 'c' }, { on: false, existing: 'a' }])
      expect(release.printed(values)).toEqual(release.expected(values));
  });
});

const refuse = (path: string, message: string): never => {
  throw new ValuesError([{ path: path.split('.'), message }]);
};

describe('blocks of lines that begin the same', () => {
  it('are told apart by what is in them, also where some stand alone', () => {
    const fields = {
      token: text('', 'Token.'),
      system: text('', 'User of the system.'),
      other: text('', 'User of others.'),
      last: text('', 'User of the last.'),
      lone: flag(true, 'Has a line between them.'),
    };
    const release = released(fields, ({ token, system, other, last, lone }) => {
      const block = (key: string, value: unknown): string[] => (value ? ['login {', `  ${key}: ${String(value)}`, '}'] : []);
      const lines = [block('token', token), block('user', system), lone ? ['between'] : [], block('user', other), block('user', last)];
      return [{ config: ['first', ...lines.flat(), ''].join('\n') }];
    });
    expect(Object.keys(fields).filter(release.isFixed)).toEqual([]);
    const all = combined({ token: ['', 'a'], system: ['', 'b'], other: ['', 'c'], last: ['', 'd'], lone: [true, false] });
    for (const one of all) expect(release.printed(one)).toEqual(release.expected(one));
  });
});

describe('values that are given together', () => {
  const login = {
    login: group({
      registry: text(undefined, 'Registry.'),
      user: text(undefined, 'User.', { secret: 'needed' }),
      password: text(undefined, 'Password.', { secret: 'needed' }),
      existing: text('', 'Secret.'),
    }),
    tag: text('1', 'Tag.'),
  };
  const release = released(login, ({ login: own, tag }) => {
    const { registry, user, password, existing } = own as Record<string, string | undefined>;
    const parts = { registry, user, password };
    const missing = Object.entries(parts).flatMap(([key, value]) => (value ? [] : [key]));
    if (existing && (user || password)) refuse(`login.${user ? 'user' : 'password'}`, 'would go nowhere beside existing');
    if (!existing && missing.length % 3) refuse('login', `lacks ${missing.join(' and ')}`);
    const auth = Buffer.from(`${user}:${password}`).toString('base64');
    const config = Buffer.from(JSON.stringify({ auths: { [String(registry)]: { auth } } })).toString('base64');
    return [{ kind: 'Secret', tag, ...(existing ? { existing } : missing.length ? {} : { data: { config } }) }];
  });
  const all = { registry: 'docker.io', user: 'me', password: 'p:"w' };

  it('are live, and what is refused of them is known', () => {
    expect(['login.registry', 'login.user', 'login.password', 'login.existing', 'tag'].filter(release.isFixed)).toEqual([]);
    expect(release.isRefused({})).toBe(false);
    for (const given of combined({ registry: ['', 'r'], user: ['', 'u'], password: ['', 'p'], existing: ['', 'e'] })) {
      let isRefused = false;
      try {
        release.expected({ login: given });
      } catch {
        isRefused = true;
      }
      expect([given, release.isRefused({ login: given })]).toEqual([given, isRefused]);
      if (!isRefused) expect(release.printed({ login: given })).toEqual(release.expected({ login: given }));
    }
  });

  it('come out in base64 in base64', () => {
    expect(release.printed({ login: all })).toEqual(release.expected({ login: all }));
    expect(JSON.stringify(release.printed({ login: all }))).toContain('"config"');
  });

  it('are refused with what the release says', () => {
    expect(release.messages).toContain('login: lacks password');
    expect(release.messages.filter((message) => /zq|undefined/.test(message))).toEqual([]);
  });
});

describe('a switch that needs other values', () => {
  const fields = {
    enabled: flag(false, 'On.'),
    client: text(undefined, 'Client.'),
    signer: flag(true, 'Signer.'),
    manager: flag(false, 'Manager.'),
    tls: flag(true, 'TLS.'),
    mode: text('token', 'Mode.', { choices: ['token', 'none'] }),
    network: flag(false, 'Network.'),
    spaces: list(undefined, 'Namespaces.'),
    size: text('', 'Size.'),
  };
  const release = released(fields, ({ enabled, client, signer, manager, tls, mode, network, spaces, size }) => {
    if (enabled && !client) refuse('client', 'is needed');
    if (tls && signer && manager) refuse('manager', 'cannot be true while signer is true');
    if (tls && !signer && !manager) refuse('tls', 'nobody signs');
    if (mode === 'none' && !network) refuse('network', 'must be true');
    if (mode === 'none' && !(spaces as unknown[] | undefined)?.length) refuse('spaces', 'must name some');
    if (size && !String(size).startsWith('size-of-')) refuse('size', 'must begin with size-of-');
    return [{ ...(enabled ? { client } : {}), by: !tls ? 'nobody' : signer ? 'signer' : 'manager', mode, ...(network ? { spaces } : {}) }];
  });

  it('is live, as those are that must not be together, or must not all be missing', () => {
    expect(Object.keys(fields).filter(release.isFixed)).toEqual(['size']);
    expect(release.refusals.toSorted()).toEqual([
      ['!client', 'enabled'],
      ['!manager', '!signer', 'tls'],
      ['!network', 'modenone'],
      ['!spaces', 'modenone', 'network'],
      ['manager', 'signer', 'tls'],
    ]);
    for (const values of [
      { enabled: true, client: 'c' },
      { signer: false, manager: true },
      { mode: 'none', network: true, spaces: ['a'] },
    ])
      expect(release.printed(values)).toEqual(release.expected(values));
  });
});

describe('a list that is there while anything is in it', () => {
  it('is there for any of its items, whatever these need', () => {
    const names = ['made', 'existing', 'tls', 'provided', 'signer', 'other', 'extra', 'more'];
    const release = released(Object.fromEntries(names.map((name) => [name, flag(false, 'On.')])), (values) => {
      const { made, existing, tls, provided, signer, other, extra, more } = values as Record<string, boolean>;
      const items = [
        ...(existing ? ['existing'] : made ? ['made'] : []),
        ...(tls && !provided && (signer || other) ? [other ? 'other' : 'signer'] : []),
        ...(extra && more && !tls ? ['extra'] : []),
      ];
      return [items.length ? { secrets: items.map((name) => ({ name })) } : {}];
    });
    expect(names.filter(release.isFixed)).toEqual([]);
    for (const values of combined(Object.fromEntries(names.map((name) => [name, [true, false]]))))
      expect(release.printed(values)).toEqual(release.expected(values));
  });
});

describe('a chart with values that are refused beside each other', () => {
  it('refuses them', () => {
    const files = chartFilesOf({
      release: 'estafette-ci',
      chart: 'estafette-ci',
      namespace: 'estafette-ci',
      live: ['api.tls', 'api.image'],
    });
    const values = String.raw`\.Values\.api\.tls`;
    const either = `(${values}\\.existingSecret ${values}\\.cert|${values}\\.cert ${values}\\.existingSecret)`;
    expect(checksIn(files)).toMatch(new RegExp(String.raw`\{\{- if and ${either} -\}\}\{\{- fail "`));
    expect(checksIn(files)).toMatch(
      new RegExp(
        String.raw`if and \S+credentials.registry \S+credentials.username \(not \S+credentials.password\) -\}\}` +
          String.raw`\{\{- fail "api.image.credentials: lacks password: give`,
      ),
    );
  });
});

describe('a text that cannot be described', () => {
  it('has few values fixed, and the others stay live', () => {
    const parts = ['a', 'b', 'c', 'd', 'e', 'f'];
    const flags = Object.fromEntries([...parts, 'other'].map((name) => [name, flag(false, 'On.')]));
    const release = released({ enabled: flag(false, 'On.'), ...flags, tag: text('1', 'Tag.') }, (values) => {
      const count = parts.filter((name) => values[name]).length;
      return [
        {
          tag: values['tag'],
          ...(values['other'] ? { other: 'x' } : {}),
          ...(values['enabled'] && count % 2 ? { odd: 'x' } : {}),
          ...Object.fromEntries(parts.filter((name) => values[name]).map((name) => [name, 'x'])),
        },
      ];
    });
    const fixed = ['enabled', ...parts, 'other', 'tag'].filter(release.isFixed);
    expect(fixed).toContain('enabled');
    expect(fixed.length).toBeLessThan(3);
    expect(fixed).not.toContain('other');
  });
});

describe('objects that would be called the same without their names', () => {
  it('have live names', () => {
    const release = released({ one: text('server', 'Name.'), other: text('exporter', 'Name.') }, ({ one, other }, { name }) => {
      if (one === other) throw new ValuesError([{ path: [], message: 'two objects would be called the same' }]);
      return [one, other].map((own) => ({ metadata: { name: `${name}-${String(own)}` } }));
    });
    expect(['one', 'other'].filter(release.isFixed)).toEqual([]);
    expect(release.limits('one')).not.toContain('empty');
    expect(release.printed({ one: '' })).toEqual(release.expected({ one: '' }));
  });
});

describe('a large part that is switched off', () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`value${index}`, number(index, 'Value.')]));
  const fields = { enabled: flag(false, 'On.'), budget: flag(false, 'Budget.'), replicas: number(1, 'Replicas.'), ...many };
  const make = ({ part }: Record<string, unknown>, isRefused = false): Record<string, unknown>[] => {
    const { enabled, budget, replicas, value7 } = part as Record<string, unknown>;
    if (enabled && isRefused) throw new ValuesError([{ path: ['part', 'enabled'], message: 'must not be on' }]);
    const more = Array.from({ length: enabled ? Number(replicas) : 0 }, (_, index) => ({ metadata: { name: `one-${index}` } }));
    return [{ ...(enabled ? { value7 } : {}), ...(budget ? { budget: 'x' } : {}) }, ...more];
  };

  it('has values that live with its switch', () => {
    const release = released({ part: group(fields) }, (values) => make(values));
    expect(['enabled', 'budget', 'replicas', 'value7'].map((key) => `part.${key}`).filter(release.isFixed)).toEqual([]);
    for (const enabled of [true, false])
      for (const budget of [true, false])
        for (const replicas of [1, 3]) {
          const values = { part: { enabled, budget, replicas, value7: 11 } };
          expect(release.printed(values)).toEqual(release.expected(values));
        }
  });

  it('is learned as it is where the switch is refused', () => {
    const release = released({ part: group(fields) }, (values) => make(values, true));
    expect(['part.enabled', 'part.budget'].filter(release.isFixed)).toEqual(['part.enabled']);
    expect(release.printed({ part: { budget: true } })).toEqual(release.expected({ part: { budget: true } }));
  });
});

describe('a number of items', () => {
  it('lives where it is seen only while a switch is on', () => {
    const release = released({ mesh: flag(false, 'On.'), replicas: number(1, 'Replicas.') }, ({ mesh, replicas }) => [
      mesh ? { peers: Array.from({ length: Number(replicas) }, (_, index) => `peer-${index}`) } : {},
    ]);
    expect(['mesh', 'replicas'].filter(release.isFixed)).toEqual([]);
    for (const replicas of [0, 1, 3]) expect(release.printed({ mesh: true, replicas })).toEqual(release.expected({ mesh: true, replicas }));
  });
});

describe('a map that is no list', () => {
  it('lives though a list in its place is refused', () => {
    const release = released({ flags: table<string>({}, 'Flags.') }, ({ flags }) => {
      if (Array.isArray(flags)) throw new ValuesError([{ path: ['flags'], message: 'must be a map' }]);
      return [{ args: Object.entries((flags ?? {}) as object).map(([key, value]) => `--${key}=${String(value)}`) }];
    });
    expect(release.reason('flags')).toBeUndefined();
    expect(release.printed({ flags: { a: 'b', c: 'd' } })).toEqual(release.expected({ flags: { a: 'b', c: 'd' } }));
  });
});

describe('a word that others are there with', () => {
  it('is fixed in their place, where no other word is known', () => {
    const release = released(
      { kept: text('txt', 'Kept.'), owner: text('', 'Owner.'), name: text('', 'Name.') },
      ({ kept, owner, name }) => [{ ...(kept === 'txt' && owner ? { owner } : {}), name }],
    );
    expect(['kept', 'owner', 'name'].filter(release.isFixed)).toEqual(['kept']);
    expect(release.printed({ owner: 'me' })).toEqual(release.expected({ owner: 'me' }));
  });
});

describe('a number that may be a text', () => {
  it('is live where it is seen only while something is on', () => {
    const release = released({ enabled: flag(false, 'On.'), most: text(1, 'Most.') }, ({ enabled, most }) => [
      enabled ? { most: /^\d+$/.test(String(most)) && String(most).length < 6 ? Number(most) : String(most) } : {},
    ]);
    expect(['enabled', 'most'].filter(release.isFixed)).toEqual([]);
    // Large numbers are others: small ones are taken.
    expect(release.limits('most').filter((limit) => limit === 'number' || limit === 'large')).toEqual(['large']);
    for (const most of [1, 2, 90, '25%'])
      expect(release.printed({ enabled: true, most })).toEqual(release.expected({ enabled: true, most }));
  });
});

describe('a map that is computed with', () => {
  it('comes out as it is in the release where others bring it to light', () => {
    const printed = (files: unknown): Record<string, unknown> =>
      Object.fromEntries(
        Object.entries((files ?? {}) as object)
          .filter(([, value]) => value !== null)
          .map(([key, value]) => [key, typeof value === 'string' ? value : writeYaml(value)]),
      );
    const fields = { enabled: flag(false, 'On.'), files: table({ 'a.yml': { first: 1 } }, 'Files.') };
    const release = released(fields, ({ enabled, files }) => [enabled ? { data: printed(files) } : {}]);
    expect([release.reason('enabled'), release.reason('files')]).toEqual([undefined, expect.stringMatching(/read in parts/)]);
    expect(release.printed({ enabled: true })).toEqual(release.expected({ enabled: true }));
  });
});

describe('two objects', () => {
  it('are the same when one has a map with nothing in it that says nothing', () => {
    expect(compared({ resources: { requests: null } }, {})).toEqual([]);
    expect(compared({ emptyDir: { medium: null } }, {})).toHaveLength(1);
  });
});
