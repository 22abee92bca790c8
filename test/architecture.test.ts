// The drawing of the imports: which folder may know which, and that no two files know each other. Type imports count.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const ROOT = join(__dirname, '..');

function sourcesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? sourcesIn(path) : path.endsWith('.ts') ? [path] : [];
  });
}

const files = [...['helm', 'kubernetes', 'constructs', 'cli'].flatMap(sourcesIn), 'index.ts', 'buildshuttle.ts', 'kit.ts', 'main.ts'];
const known = new Set(files);

/** Files that a file names: by import, export … from, import() or require(), for values or for types. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const named = [...text.matchAll(/(?:\bfrom |\bimport\(|\brequire\(|^import )'(\.[^']*)'/gm)].map(([, path = '']) =>
    normalize(join(dirname(file), path)),
  );
  return named.map((path) => {
    const found = [`${path}.ts`, `${path}/index.ts`].find((each) => known.has(each));
    if (found === undefined && !isElsewhere(path)) throw new Error(`${file} imports ${path}, which is not there`);
    return found ?? path;
  });
}

/** Generated definitions and compiled commands are not part of the drawing. */
const isElsewhere = (path: string): boolean =>
  path.startsWith('imports/') || statSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile() === true;

const drawing = new Map(files.map((file) => [file, importsOf(file).filter((path) => known.has(path))]));

/** From the ground up; a file may know its own floor and those below. */
const FLOORS: readonly (readonly RegExp[])[] = [
  [/^helm\//],
  [/^kubernetes\//],
  [/^constructs\/common\//],
  [/^constructs\/(?!common\/|targets\/|release\/)[^/]+\//],
  [/^constructs\/targets\//],
  [/^constructs\/release\//],
  [/^constructs\/[^/]+\.ts$/],
  [/^cli\//, /^(main|index|buildshuttle|kit)\.ts$/],
];
const floorOf = (file: string): number => FLOORS.findIndex((patterns) => patterns.some((pattern) => pattern.test(file)));

describe('imports', () => {
  it('are found, and every file is on a floor', () => {
    expect(files.length).toBeGreaterThan(300);
    expect([...drawing.values()].flat().length).toBeGreaterThan(1000);
    expect(files.filter((file) => floorOf(file) < 0)).toEqual([]);
  });

  it('go down or stay on their floor', () => {
    const up = [...drawing].flatMap(([file, imported]) =>
      imported.filter((other) => floorOf(other) > floorOf(file)).map((other) => `${file} -> ${other}`),
    );
    expect(up).toEqual([]);
  });

  it('make no circle of files', () => {
    expect(circles()).toEqual([]);
  });
});

/** Each group of files that can be reached from each other, as one line. */
function circles(): string[] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file) ?? 0);
    stack.push(file);
    for (const other of drawing.get(file) ?? []) {
      if (!index.has(other)) visit(other);
      if (stack.includes(other)) low.set(file, Math.min(low.get(file) ?? 0, low.get(other) ?? 0));
    }
    if (low.get(file) !== index.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1) found.push(group.toSorted().join(', '));
  };
  for (const file of files) if (!index.has(file)) visit(file);
  return found;
}
