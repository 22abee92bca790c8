// The list of Secrets that must exist, as the commands tell it.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli } from '../support/cli';

const OMIT = ['--set', 'secrets.mode=omit'];

describe('with secrets.mode omit', () => {
  it('template lists Secrets and keys on stderr', () => {
    const { status, stdout, stderr } = cli(['template', 'ci', 'buildshuttle', '-n', 'builds', ...OMIT]);
    expect(status).toBe(0);
    expect(stdout).not.toContain('kind: Secret');
    expect(stderr).toContain(
      [
        'Secrets that must exist before the release is applied, as NAMESPACE/NAME (TYPE): KEYS',
        '  builds/ci-buildshuttle-auth (Opaque): token',
        '',
      ].join('\n'),
    );
  });

  it('template --output json tells warnings and Secrets as one document', () => {
    const { status, stderr } = cli(['template', 'ci', 'buildshuttle', '-n', 'builds', '--output', 'json', ...OMIT]);
    expect(status).toBe(0);
    const told = JSON.parse(stderr) as { warnings: string[]; secrets: unknown[] };
    expect(told.secrets).toEqual([{ namespace: 'builds', name: 'ci-buildshuttle-auth', type: 'Opaque', keys: ['token'] }]);
    expect(told.warnings.length).toBeGreaterThan(0);
  });

  it('synth names the release', () => {
    const folder = mkdtempSync(join(tmpdir(), 'needed-test-'));
    writeFileSync(join(folder, 'releases.yaml'), 'releases: [{name: ci, chart: buildshuttle, set: {secrets.mode: omit}}]\n');
    const { status, stderr } = cli(['synth'], { cwd: folder });
    expect(status).toBe(0);
    expect(stderr).toContain('Secrets that must exist before ci is applied');
  });
});

it('template --output takes text or json', () => {
  const { status, stderr } = cli(['template', 'ci', 'devstats', '--output', 'yaml']);
  expect([status, stderr]).toEqual([2, 'Error: --output must be one of text, json, not "yaml"\n']);
});

it('show schema marks secrets as values that are written and not read', () => {
  const { properties } = JSON.parse(cli(['show', 'schema', 'buildshuttle']).stdout) as {
    properties: { auth: { properties: Record<string, { writeOnly?: boolean }> } };
  };
  expect(properties.auth.properties['token']?.writeOnly).toBe(true);
  expect(properties.auth.properties['existingSecret']?.writeOnly).toBeUndefined();
});
