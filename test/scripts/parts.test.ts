// scripts/parts: what it says of parts that are there, missing, unknown, or cannot be installed.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '../support/cli';

describe('scripts/parts', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parts-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Puts a program on the PATH that the command sees, or into another folder. */
  function program(name: string, script: string, into = 'bin'): void {
    const path = join(folder, into, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }

  function parts(...args: string[]): { status: number | null; stdout: string; stderr: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts', 'parts'), ...args], {
      encoding: 'utf8',
      env: { PATH: join(folder, 'bin'), HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), CNI_PATH: join(folder, 'plugins') },
    });
    return { status, stdout, stderr };
  }

  it('lists every part with its version, and how to get those that are missing', () => {
    const { status, stdout } = parts('list');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^kube-apiserver {2,}1\.\d+\.\d+ +missing {2}scripts\/parts install kube-apiserver$/m);
    expect(stdout).toMatch(/^dockerd {2,}>=20\.10 +missing {2}scripts\/parts install dockerd$/m);
    expect(stdout).not.toContain(' ready ');
  });

  it('uses what is on PATH when its version will do', () => {
    program('docker-registry', 'echo "docker-registry github.com/docker/distribution 2.10.0"');
    program('runc', 'echo "runc version 1.0.3"');
    const { stdout } = parts('list');
    expect(stdout).toContain(`ready    ${join(folder, 'bin', 'docker-registry')}\n`);
    expect(stdout).toMatch(/^runc .* missing /m);
  });

  it('finds the plugins for networks of containers where CNI_PATH says', () => {
    for (const name of ['bridge', 'host-local', 'loopback']) program(name, '', 'plugins');
    expect(parts('list').stdout).toMatch(/^cni-plugins .* missing /m);
    program('portmap', '', 'plugins');
    expect(parts('list').stdout).toContain(`ready    ${join(folder, 'plugins', 'bridge')}\n`);
  });

  it('prints a line for each path asked for, and names the missing ones', () => {
    program('docker-registry', 'echo "docker-registry 2.8.2"');
    expect(parts('path', 'runc', 'docker-registry')).toEqual({
      status: 1,
      stdout: `\n${join(folder, 'bin', 'docker-registry')}\n`,
      stderr: 'Error: not installed: runc; scripts/parts install runc\n',
    });
  });

  it('says which part failed, what was tried, where the log is, and its end', () => {
    program('go', 'echo "no route to the proxy" >&2; exit 3');
    const { status, stderr } = parts('install', 'coredns');
    const log = join(folder, 'cache', 'cdk8s-estafette', 'logs', 'coredns.log');
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /Error: coredns: "go mod download github\.com\/coredns\/coredns@v[\d.]+" failed with exit code 3; the log is (\S+), its end:\nno route to the proxy\n$/,
    );
    expect(stderr).toContain(log);
    expect(readFileSync(log, 'utf8')).toBe('no route to the proxy\n');
  });

  it('says that a program it needs is not there', () => {
    expect(parts('install', 'coredns').stderr).toContain('Error: coredns: cannot run go: spawn go ENOENT');
    expect(parts('install', 'kafka').stderr).toContain('Error: kafka: java is not on PATH; on Debian: apt-get install');
  });

  it('knows its parts and its words', () => {
    expect(parts('install', 'kubeadm')).toEqual({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^Error: there is no part "kubeadm"\nusage: .*\nparts: helm .*\n$/),
    });
    expect(parts('remove').stderr).toMatch(/^Error: usage: scripts\/parts list \| install NAME… \| path NAME…\n/);
  });
});
