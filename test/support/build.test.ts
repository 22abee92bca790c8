// A build that is missing or old is not tested in place of the sources.
import { mkdirSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { requireBuild } from './build';

describe('requireBuild', () => {
  let root: string;
  const file = (path: string, seconds: number): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), '');
    utimesSync(join(root, path), seconds, seconds);
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'build-'));
    for (const path of ['main.ts', 'cli/main.ts', 'constructs/charts.ts', 'helm/yaml/read.ts', 'kubernetes/merge.ts']) file(path, 1000);
  });

  it('takes a build of the sources as they are', () => {
    file('lib/cli/main.js', 1001);
    expect(() => requireBuild(root)).not.toThrow();
  });

  it('says that there is none', () => {
    expect(() => requireBuild(root)).toThrow('lib/ is missing, and these tests run what is compiled there: npm run build');
  });

  it.each(['main.ts', 'cli/main.ts', 'helm/yaml/read.ts', 'constructs/common/new.ts'])('names a newer %s', (path) => {
    file('lib/cli/main.js', 1001);
    file(path, 1002);
    expect(() => requireBuild(root)).toThrow(`lib/ is older than ${path}, and these tests run what is compiled there: npm run build`);
  });
});
