// What is known of a chart, for releases that have other values than those it was learned with.
import type { Entry } from '../../../constructs/common/entry';
import { Proof } from '../../../constructs/targets/live/learn/proof';
import type { SourceChange } from '../../../constructs/targets/target';
import { ValuesError } from '../../../helm/check';
import { flag, group, list, number, text, type Fields } from '../../../helm/schema';
import { keyOf, type KubeObject } from '../../../kubernetes/object';
import { chartFilesOf, withoutReferences } from '../../support/chart-files';
import { released } from '../../support/live-release';

type Make = Parameters<typeof released>[1];

/** A release with other values than it was learned with; tells which values are fixed. */
function other(fields: Fields, make: Make, given: Record<string, unknown>, others: readonly Record<string, unknown>[]): readonly string[] {
  const release = released(fields, make, [], given);
  for (const values of [{}, ...others]) expect([values, release.printed(values)]).toEqual([values, release.expected(values)]);
  return Object.keys(fields).filter(release.isFixed);
}

const SIZE = { tag: text('1', 'Tag.'), on: flag(false, 'Rule.'), label: text('', 'Label.') };

describe('what is known of a release', () => {
  it('is used where a fixed value is another one: what it decides is learned anew, beside live values', () => {
    const fields = { ...SIZE, kind: text('plain', 'Kind of it.') };
    const make: Make = ({ tag, on, label, kind }) => {
      if (!['plain', 'full'].includes(String(kind))) throw new ValuesError([{ path: ['kind'], message: 'must be plain or full' }]);
      return [
        { image: `app:${String(tag)}`, ...(on ? { rule: 'x' } : {}), ...(label ? { labels: { own: label } } : {}) },
        ...(kind === 'full' ? [{ data: { tag, name: 'more', ...(on ? { extra: label } : {}) } }] : []),
      ];
    };
    const fixed = other(fields, make, { kind: 'full' }, [{ tag: '2' }, { on: true }, { on: true, label: 'a' }, { label: 'b', tag: '3' }]);
    expect(fixed).toEqual(['kind']);
  });

  it('is used where a live value is given as what no chart takes: it alone is fixed', () => {
    const fields = { ...SIZE, extra: text('', 'YAML.') };
    const make: Make = ({ tag, on, extra }) => [
      { tag, ...(on ? { rule: tag } : {}), ...(extra ? { extra: String(extra).replace('{{ x }}', 'y') } : {}) },
    ];
    expect(other(fields, make, { extra: 'a: {{ x }}' }, [{ tag: '2' }, { on: true }, { on: true, tag: '4' }])).toEqual(['extra']);
  });

  it('is used where a flag is given as a number, as many people write it', () => {
    const make: Make = ({ tag, on }) => [{ tag, ...(on ? { rule: 'x' } : {}) }];
    expect(other(SIZE, make, { on: 1 }, [{ on: '' }, { on: 0 }, { on: 'x' }, { tag: '2', on: false }])).toEqual([]);
  });

  it('is used where a value is given that is not there by default: null takes it away', () => {
    const fields = { tag: text('1', 'Tag.'), secret: text(undefined, 'Secret.') };
    const make: Make = ({ tag, secret }) => [{ tag, ...(secret === undefined || secret === null ? { job: tag } : { secret }) }];
    expect(other(fields, make, { secret: 'a' }, [{ secret: 'b' }, { secret: null }, { tag: '2' }])).toEqual([]);
  });

  it('tells what stands in a choice apart from what is beside it', () => {
    const fields = { ...SIZE, cluster: group({ replicas: number(1, 'How many.') }), more: list([], 'More.') };
    const make: Make = ({ tag, on, cluster, more }) => {
      const { replicas } = cluster as { replicas: number };
      const all = [...(on ? [{ name: 'rule' }] : []), ...(replicas > 2 ? [{ name: 'large' }] : []), ...((more ?? []) as unknown[])];
      return [{ tag, ...(all.length ? { items: all } : {}) }];
    };
    const fixed = other(fields, make, { cluster: { replicas: 3 } }, [
      { on: true },
      { more: ['a'] },
      { on: true, more: ['a', 'b'], tag: '2' },
    ]);
    expect(fixed).toEqual([]);
  });

  it('fixes what is refused by itself beside a fixed value that is another one, and nothing that is looked at together with it', () => {
    const fields = {
      kind: text('plain', 'Kind of it.'),
      ...Object.fromEntries(['one', 'two', 'three', 'four', 'five'].map((key) => [key, text('', 'Text.')])),
    };
    const make: Make = ({ kind, ...others }) => {
      if (kind === 'full' && others['three']) throw new ValuesError([{ path: ['three'], message: 'cannot be there' }]);
      return [{ ...others, size: String(kind).length }];
    };
    expect(other(fields, make, { kind: 'full' }, [{ one: 'a' }, { two: 'b', five: 'c' }, { four: 'd' }])).toEqual(['kind', 'three']);
  });

  it('holds for a release of which something is said on the cluster, as long as nothing in it is another', () => {
    const liveIn = (options: { readonly kubeVersion?: string }): string => {
      const files = chartFilesOf({ release: 'shuttle', chart: 'buildshuttle', namespace: 'builds', values: [{}], ...options });
      return files['values.yaml'] ?? '';
    };
    expect(liveIn({ kubeVersion: '1.35.0' })).toBe(liveIn({}));
  });

  it('holds in its namespace only where something is computed with that', () => {
    const fields = { ...SIZE, env: text('', 'Env.') };
    const make: Make = ({ tag, env, label }, { name, namespace }) => [
      { tag, name, namespace, ...(env ? { env: { text: String(env).replace('{{ upper }}', namespace.toUpperCase()), label } } : {}) },
    ];
    const release = released(fields, make, [], { env: 'in {{ upper }}' });
    expect(['tag', 'on', 'label'].filter(release.isFixed)).toEqual([]);
    expect(release.isFixedRelease).toEqual({ name: false, namespace: true });
    expect(release.printed({ tag: '2' }, 'other')).toEqual(release.expected({ tag: '2' }, 'other'));
  });

  it('is not used for another chart', () => {
    const make: Make = ({ tag }) => [{ tag }];
    const release = released(SIZE, make, [], { on: true }, (known) => ({ ...known, leaves: known.leaves + 1 }));
    expect(release.reason('tag')).toMatch(/its part is another one than with the default values/);
    expect(release.printed({})).toEqual(release.expected({}));
  });
});

describe('a value that no sample shows', () => {
  const schema = group({
    on: group({ enabled: flag(false, 'On.'), hosts: list([], 'Hosts.'), note: text('', 'Note.') }),
    size: text('', 'Size.'),
  });
  const make = ({ values }: SourceChange): Entry[] => {
    const { on, size } = values as { on?: { enabled?: boolean; hosts?: unknown[] }; size?: string };
    if (on?.enabled && on.hosts?.length) throw new ValuesError([{ path: ['on', 'hosts'], message: 'must be names of hosts' }]);
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'ns' } } as KubeObject;
    return size ? [{ object, key: keyOf(object), stage: 'apps', lifecycle: {}, owner: [] }] : [];
  };
  class Unseen extends Proof {
    reasons(): Record<string, string | undefined> {
      this.fixUnseen({ t: 'map', members: [] });
      return Object.fromEntries(this.candidatesBefore.map(({ path, index }) => [path.join('.'), this.fixed.get(index)]));
    }
    private readonly candidatesBefore = this.candidates;
  }

  it('is fixed where its marks are refused, or where it has an effect, and idle where it has none', () => {
    const subject = {
      schema,
      values: { on: { enabled: false, hosts: [], note: '' }, size: '' },
      hasSecrets: true,
      isPlain: true,
      parts: [],
    };
    const release = { name: 'ci', namespace: 'ns' };
    expect(new Unseen({ ...subject, release, again: make }, { live: ['.'], fix: [] }).reasons()).toEqual({
      'on.enabled': undefined,
      'on.hosts': 'it is checked',
      'on.note': undefined,
      size: 'it is computed with',
    });
  });
});

describe('what is known to be refused', () => {
  it('is forgotten where a fixed value is another one beside which it is taken', () => {
    const fields = { kind: text('plain', 'Kind of it.'), one: flag(false, 'One.'), two: flag(false, 'Two.') };
    const make: Make = ({ kind, one, two }) => {
      if (kind !== 'full' && one && two) throw new ValuesError([{ path: ['two'], message: 'cannot stand beside one' }]);
      return [{ size: String(kind).length, ...(one ? { one: 'x' } : {}), ...(two ? { two: 'y' } : {}) }];
    };
    const usual = released(fields, make, [], {});
    expect(usual.isRefused({ one: true, two: true })).toBe(true);
    const full = released(fields, make, [], { kind: 'full' });
    expect(full.isRefused({ one: true, two: true })).toBe(false);
    for (const values of [{ one: true, two: true }, { one: true }, { two: true }])
      expect(full.printed(values)).toEqual(full.expected(values));
  });
});

describe('what is known of a chart, in a release without secrets', () => {
  it.each(['omit', 'externalSecrets'])('is used with secrets.mode %s, and no secret is in the chart', (mode) => {
    const values = {
      secrets: { mode, ...(mode === 'omit' ? {} : { externalSecrets: { store: { name: 'vault' } } }) },
      auth: { token: 'S3cret-of-the-worker' },
    };
    const files = chartFilesOf({ release: 'ci', chart: 'buildshuttle', namespace: 'ci', live: ['.'], values: [values] });
    const pinned = withoutReferences<Record<string, { properties: Record<string, object> }>>(files['values.schema.json'] ?? '');
    expect(pinned['image']?.properties ?? {}).not.toHaveProperty('tag');
    expect(pinned['auth']?.properties['token']).toMatchObject({ not: {} });
    const templates = Object.entries(files).flatMap(([file, text]) => (file.startsWith('templates/') ? [text] : []));
    expect(templates.filter((text) => /\.Values\.(image|engine|storage|service)\./.test(text)).length).toBeGreaterThan(3);
    for (const text of Object.values(files)) expect(text).not.toMatch(/S3cret-of|UzNjcmV0LW9m|withheld-/);
  });
});
