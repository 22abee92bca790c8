// The real Helm, for tests that compare with it.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** HELM_BIN, or the first `helm` on PATH, in ~/go/bin or where `scripts/parts` installs it; undefined without one. */
export function helmBin(): string | undefined {
  const { HELM_BIN, PATH = '', XDG_CACHE_HOME } = process.env;
  if (HELM_BIN) return HELM_BIN;
  const cache = join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'cdk8s-estafette', 'bin');
  return [...PATH.split(delimiter).filter(Boolean), join(homedir(), 'go', 'bin'), cache].map((folder) => join(folder, 'helm')).find(isExecutable);
}

/** `describe` with Helm's path; without Helm the tests are skipped, or fail where CI promises it. */
export function describeWithHelm(title: string, body: (helm: string) => void): void {
  const helm = helmBin();
  if (helm) describe(title, () => body(helm));
  else if (process.env['CI'] === 'true') {
    describe(title, () => {
      it('needs Helm', () => {
        throw new Error('Helm is not installed: set HELM_BIN, or put helm on PATH');
      });
    });
  } else {
    describe.skip(`${title} (Helm is not installed)`, () => {
      it.todo('needs Helm');
    });
  }
}

/** A folder of files that is gone after `use`. */
export function withFiles<T>(files: Readonly<Record<string, string>>, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'cdk8s-estafette-helm-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A chart whose one manifest holds the JSON of a template expression. */
export const chartPrinting = (expression: string, prelude = ''): Record<string, string> => ({
  'Chart.yaml': 'apiVersion: v2\nname: top\nversion: 1.0.0\n',
  'templates/out.yaml': `${prelude}out: {{ toJson (${expression}) | b64enc }}\n`,
});

/** Helm said no; the message is its stderr. */
export class HelmError extends Error {}

/** Stands for the result of what was refused, so that two sides can be compared. */
export const REFUSED = 'refused';

/** The result, or `REFUSED` when an error of this class is thrown. */
export function orRefused<T>(run: () => T, refusal: new (...args: never[]) => Error): T | typeof REFUSED {
  try {
    return run();
  } catch (error) {
    if (error instanceof refusal) return REFUSED;
    throw error;
  }
}

/** Runs `helm template` on such a chart. @throws HelmError when Helm refuses */
export function printed(helm: string, folder: string, ...args: string[]): unknown {
  const { status, stdout, stderr } = spawnSync(helm, ['template', 'release', folder, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new HelmError(stderr);
  const encoded = /^out: (.*)$/m.exec(stdout)?.[1] ?? '';
  return JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
