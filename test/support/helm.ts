// The real Helm, for tests that compare with it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describeWith, findParts } from './parts';

/** `describe` with Helm's path; without Helm the tests are skipped. */
export function describeWithHelm(title: string, body: (helm: string) => void): void {
  const parts = findParts('helm');
  describeWith(parts)(title, () => body(parts?.helm ?? ''));
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
