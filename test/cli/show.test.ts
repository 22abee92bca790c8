// The `show` command: documented defaults, the JSON Schema and the images.
import Ajv, { type AnySchema } from 'ajv';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { renderRelease } from '../../cli/render';
import { defaultsOf } from '../../helm/schema';
import { estafetteValues } from '../../constructs/estafette/values';
import { cli, ROOT } from '../support/cli';

describe('show', () => {
  it('values: a values file that says what the defaults are', () => {
    const { status, stdout } = cli(['show', 'values', 'estafette-ci']);
    expect(status).toBe(0);
    const shown = parse(stdout, { version: '1.1' }) as Record<string, unknown>;
    const defaults = defaultsOf(estafetteValues, { release: 'estafette-ci', namespace: 'estafette-ci' });
    expect(withoutEmpty(shown)).toEqual(withoutEmpty(JSON.parse(JSON.stringify(defaults)) as Record<string, unknown>));
    const render = (values: Record<string, unknown>) =>
      renderRelease({ release: 'estafette-ci', chart: 'estafette-ci', namespace: 'estafette-ci', values: [values] }).manifests;
    expect(render(shown)).toBe(render({}));
  });

  it('values: every value has a sentence', () => {
    const lines = cli(['show', 'values', 'estafette-ci']).stdout.split('\n');
    const sentences = lines.filter((line) => /^\s*# \S.*[.!?)]$/.test(line));
    expect(sentences.length).toBeGreaterThan(1000);
  });

  it('values --target helm: what becomes of each value in a live chart', () => {
    const args = ['show', 'values', 'buildshuttle', '--target', 'helm', '--live', 'image', '--fix', 'image.tag'];
    const { status, stdout } = cli(args);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^image\.repository +live$/m);
    expect(stdout).toMatch(/^image\.tag +fixed +it was asked for$/m);
    expect(stdout).toMatch(/^mode +fixed +it was not asked for$/m);
    expect(stdout).toMatch(/^\d+ live, \d+ fixed, \d+ without effect$/m);
    const all = JSON.parse(cli([...args, '--output', 'json']).stdout) as { path: string; standing: string; reason?: string }[];
    expect(all).toContainEqual({ path: 'image.repository', standing: 'live' });
    expect(all).toContainEqual({ path: 'image.tag', standing: 'fixed', reason: 'it was asked for' });
  });

  it('values: takes the flags of live charts with --target helm only', () => {
    for (const args of [
      ['values', 'buildshuttle', '--live', 'image'],
      ['images', 'buildshuttle', '--target', 'helm'],
    ]) {
      const { status, stderr } = cli(['show', ...args]);
      expect([status, stderr]).toEqual([2, expect.stringMatching(/--(live|target) is for show values --target helm/)]);
    }
    const { status, stderr } = cli(['show', 'values', 'buildshuttle', '--target', 'kubectl']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('--target must be one of helm, not "kubectl"')]);
  });

  it('schema: describes every value, and nothing else is allowed', () => {
    const schema = JSON.parse(cli(['show', 'schema', 'estafette-ci']).stdout) as {
      additionalProperties: boolean;
      properties: Record<string, { properties: Record<string, { description?: string; type?: unknown }> }>;
    };
    expect(schema.additionalProperties).toBe(false);
    expect(schema.properties.api?.properties.baseHost).toMatchObject({
      type: ['string', 'number', 'boolean', 'null'],
      description: expect.stringContaining('ost'),
    });
  });

  it.each(['estafette-ci', 'devstats'])('schema: takes what the chart %s takes', (chart) => {
    const validate = new Ajv({ strict: false }).compile(JSON.parse(cli(['show', 'schema', chart]).stdout) as AnySchema);
    const examples = readdirSync(join(ROOT, 'examples', chart)).filter((name) => name.endsWith('.yaml'));
    expect(examples.length).toBeGreaterThan(5);
    for (const name of examples)
      expect([name, validate(parse(readFileSync(join(ROOT, 'examples', chart, name), 'utf8'))), validate.errors]).toEqual([
        name,
        true,
        null,
      ]);
    expect([validate(parse(cli(['show', 'values', chart]).stdout, { version: '1.1' })), validate.errors]).toEqual([true, null]);
  });

  it('schema: finds typos as the command does', () => {
    const validate = new Ajv({ strict: false }).compile(JSON.parse(cli(['show', 'schema', 'estafette-ci']).stdout) as AnySchema);
    const accepts = (values: unknown): boolean => validate(values) === true;
    expect(accepts({ 'db-migrator': { enable: false } })).toBe(false);
    expect(accepts({ 'x-common': { any: [1] }, api: {} })).toBe(true);
    expect(accepts({ api: { 'x-common': {} } })).toBe(false);
    expect(accepts({ api: { deployment: { replicaCount: [] } } })).toBe(false);
  });

  it('schema: switches take numbers, and of texts only the empty one', () => {
    const schema = JSON.parse(cli(['show', 'schema', 'devstats']).stdout) as { properties: Record<string, unknown> };
    expect(schema.properties.skipPVs).toEqual({
      description: expect.stringContaining('claims'),
      type: ['boolean', 'number', 'string', 'null'],
      pattern: '^$',
    });
  });

  it('images: each once, with its tag, following the values', () => {
    const images = cli(['show', 'images', 'estafette-ci', '--set', 'api.image.tag=9.9.9']).stdout.trim().split('\n');
    expect(images).toEqual(images.toSorted());
    expect(new Set(images).size).toBe(images.length);
    expect(images).toContain('estafette/estafette-ci-api:9.9.9');
    for (const image of images) expect(image).toMatch(/^[\w./-]+:[\w.-]+$/);
  });

  it.each([
    [['show', 'nothing', 'estafette-ci'], 2, 'show knows values, schema, images, sql and graph, not "nothing"'],
    [['show', 'values'], 2, 'show takes what to show and a chart'],
    [['show', 'values', 'nope'], 2, 'there is no chart "nope"'],
    [['show', 'images', 'estafette-ci', '--set', 'api.nope=1'], 1, 'api.nope: unknown key "nope"'],
  ])('refuses %j', (args, status, message) => {
    const result = cli(args);
    expect([result.status, result.stdout]).toEqual([status, '']);
    expect(result.stderr).toContain(message);
  });
});

/** A group without defaults reads as null in a values file. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, withoutEmpty(item)])
      .filter(([, item]) => item !== null && !(typeof item === 'object' && item && !Array.isArray(item) && !Object.keys(item).length)),
  );
}
