// Writing: nothing leaves the folder, nothing of somebody else's is lost, and what cannot be written is told.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFiles } from '../../../constructs/release/files';
import { chartFiles } from '../../../constructs/targets/helm-chart';
import { fileNames } from '../../../constructs/targets/file-names';

const folder = mkdtempSync(join(tmpdir(), 'files-test-'));
const at = (...parts: string[]): string => join(folder, ...parts);
const put = (text: string, ...parts: string[]): void => writeFileSync(at(...parts), text);
const textOf = (...parts: string[]): string => readFileSync(at(...parts), 'utf8');

describe('fileNames', () => {
  const object = (kind: string, name: string, namespace?: string, apiVersion = 'v1') => ({
    apiVersion,
    kind,
    metadata: { name, ...(namespace ? { namespace } : {}) },
  });
  const namesOf = (...objects: ReturnType<typeof object>[]): string[] => [...fileNames(objects).values()];

  it('are kind and name, and the namespace where two share both', () => {
    expect(namesOf(object('Role', 'web', 'a'), object('Role', 'web', 'b'), object('Role', 'api', 'b'))).toEqual([
      'role-a-web',
      'role-b-web',
      'role-api',
    ]);
  });

  it('lead out of no folder', () => {
    expect(namesOf(object('Role', 'web', 'x/../../../pwn'), object('Role', 'web', '..'), object('../K', '../../etc/passwd'))).toEqual([
      'role-x_.._.._.._pwn-web',
      'role-..-web',
      '.._k-.._.._etc_passwd',
    ]);
  });

  it('are never the same, nor too long for a file system', () => {
    const objects = [
      object('Role', 'a:b'),
      object('Role', 'a_b'),
      object('Role', 'x', 'a', 'one/v1'),
      object('Role', 'x', 'a', 'two/v1'),
      object('Role', 'n'.repeat(253)),
    ];
    const names = namesOf(...objects);
    expect(new Set(names).size).toBe(objects.length);
    for (const name of names) expect(name.length).toBeLessThan(230);
    expect(names[0]).toMatch(/^role-a_b-[0-9a-f]{8}$/);
  });
});

describe('writeFiles', () => {
  it.each(['../x.yaml', 'a/../../x.yaml', '/tmp/x.yaml', ''])('refuses %j, which is outside, before it writes anything', (file) => {
    expect(() => writeFiles(at('inside'), { 'a.yaml': '', [file]: '' })).toThrow(`${file} would be written outside of ${at('inside')}`);
    expect(existsSync(at('inside'))).toBe(false);
  });

  it('makes folders, and tells which it cannot make', () => {
    writeFiles(at('deep', 'er'), { 'a/b.yaml': 'x' });
    expect(textOf('deep', 'er', 'a', 'b.yaml')).toBe('x');
    expect(() => writeFiles('/proc/no/such', { 'a.yaml': '' })).toThrow('/proc/no cannot be written: nothing can be made there');
    put('', 'file');
    expect(() => writeFiles(at('file', 'below'), { 'a.yaml': '' })).toThrow(/below cannot be written: a part of the path is a file/);
    mkdirSync(at('is', 'a.yaml'), { recursive: true });
    expect(() => writeFiles(at('is'), { 'a.yaml': '' })).toThrow(/a\.yaml cannot be written: it is a folder/);
  });
});

describe('a chart that is written again', () => {
  const facts = { release: 'one', name: 'estafette-ci' };
  const chart = (
    templates: Record<string, string>,
    { release, name, namespace = 'ns' }: { release?: string; name?: string; namespace?: string } = {},
  ) => ({
    ...chartFiles({
      release: { name: release ?? facts.release, namespace },
      chart: { name: name ?? facts.name, version: '1.0.0', appVersion: '1', description: 'x' },
      options: { crds: 'include' },
      plan: [],
      warnings: [],
      needed: [],
      notes: [],
      sql: () => [],
      movedTo: () => ({ objects: new Map(), warnings: [], notes: [] }),
      source: () => {
        throw new Error('no value is live');
      },
    }),
    ...Object.fromEntries(Object.entries(templates).map(([file, text]) => [`templates/${file}`, text])),
  });
  const first = chart({ 'old.yaml': 'old', 'stays.yaml': '1' });
  const notes: string[] = [];
  const write = (files: Record<string, string>): void => writeFiles(at('c'), files, (note) => notes.push(note));

  beforeEach(() => {
    rmSync(at('c'), { recursive: true, force: true });
    notes.length = 0;
    write(first);
  });

  it('loses what is not part of it any more, and follows the rest', () => {
    write(chart({ 'stays.yaml': '2' }));
    expect(readdirSync(at('c', 'templates'))).toEqual(['NOTES.txt', 'checks.yaml', 'stays.yaml']);
    expect(textOf('c', 'templates', 'stays.yaml')).toBe('2');
    expect(notes).toEqual([]);
    write(chart({ 'stays.yaml': '2' }, { namespace: 'other' }));
    expect(textOf('c', 'Chart.yaml')).toContain('release one in namespace other');
  });

  it('keeps files that somebody else put there, and tells of them', () => {
    mkdirSync(at('c', 'charts', 'sub'), { recursive: true });
    put('mine', 'c', 'templates', 'mine.yaml');
    put('mine', 'c', 'README.md');
    write(chart({ 'stays.yaml': '2' }));
    expect([textOf('c', 'templates', 'mine.yaml'), textOf('c', 'README.md')]).toEqual(['mine', 'mine']);
    expect(notes).toEqual([
      `${at('c', 'README.md')} was not written by cdk8s-estafette: it stays`,
      `${at('c', 'charts/')} was not written by cdk8s-estafette: it stays, and Helm installs it with the rest`,
      `${at('c', 'templates', 'mine.yaml')} was not written by cdk8s-estafette: it stays, and Helm installs it with the rest`,
    ]);
  });

  it.each([
    ['a changed file', 'values.yaml', chart({ 'stays.yaml': '2' })],
    ['a changed file that is not part of it any more', 'templates/old.yaml', chart({})],
    ['a file of somebody else, in the way of a new one', 'templates/new.yaml', chart({ 'new.yaml': 'ours' })],
  ])('refuses to lose %s', (_, file, files) => {
    put('mine', 'c', file);
    expect(() => write(files)).toThrow(
      `${at('c')} has files that were changed since they were written, or made by somebody else, and would be lost: ${file}: take them elsewhere (what no value covers is for patches), and write again`,
    );
    expect([textOf('c', file), textOf('c', 'templates', 'stays.yaml')]).toEqual(['mine', '1']);
  });

  it('takes a checkout with other line ends, and files that are as they would be written, for its own', () => {
    put(textOf('c', 'values.yaml').replaceAll('\n', '\r\n'), 'c', 'values.yaml');
    put('2', 'c', 'templates', 'stays.yaml');
    write(chart({ 'stays.yaml': '2' }));
    expect(textOf('c', 'values.yaml')).toBe(first['values.yaml']);
  });

  it.each([
    [
      'another release',
      () => write(chart({}, { release: 'two' })),
      /holds the chart estafette-ci for the release one, not estafette-ci for two: name another folder/,
    ],
    [
      'another chart',
      () => write(chart({}, { name: 'devstats' })),
      /holds the chart estafette-ci for the release one, not devstats for one/,
    ],
    [
      'a chart whose text mentions ours',
      () => {
        put('name: own\ndescription: unlike cdk8s-estafette/written-for\n', 'c', 'Chart.yaml');
        write(first);
      },
      /holds files, but not a chart written by cdk8s-estafette: name an empty folder, or one that does not exist/,
    ],
    [
      'a broken Chart.yaml',
      () => {
        put('<<<<<<< HEAD\na: [', 'c', 'Chart.yaml');
        write(first);
      },
      /holds files, but not a chart written by/,
    ],
    [
      'a chart without its list',
      () => {
        rmSync(at('c', '.written'));
        write(first);
      },
      /\.written, the list of what was written to the chart, is missing or cannot be read/,
    ],
    [
      'a list that names files elsewhere',
      () => {
        put(`${'0'.repeat(64)}  ../../x\n`, 'c', '.written');
        write(first);
      },
      /\.written, the list .* cannot be read/,
    ],
    ['files that are not a chart', () => writeFiles(folder, first), /holds files, but not a chart written by/],
    [
      'a file in place of the folder',
      () => {
        put('', 'plain');
        writeFiles(at('plain'), first);
      },
      /plain is a file: name a folder/,
    ],
  ])('leaves %s alone', (_, run, message) => {
    expect(run).toThrow(message);
    expect(textOf('c', 'templates', 'old.yaml')).toBe('old');
  });

  it('checks all charts before it writes one', () => {
    writeFiles(at('two'), Object.fromEntries(Object.entries(first).map(([file, text]) => [`b/${file}`, text])));
    put('mine', 'two', 'b', 'values.yaml');
    const both = Object.fromEntries(
      Object.entries(first).flatMap(([file, text]) => [
        [`a/${file}`, text],
        [`b/${file}`, `${text} `],
      ]),
    );
    expect(() => writeFiles(at('two'), both)).toThrow(/would be lost: values\.yaml/);
    expect(readdirSync(at('two'))).toEqual(['b']);
  });
});
