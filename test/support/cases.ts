// Values files to judge our output with: the defaults, every example, and the parity cases where they lie beside the checkout.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readYaml } from '../../helm/yaml/read';
import { ROOT } from './cli';

export interface Case {
  readonly name: string;
  readonly values: readonly Record<string, unknown>[];
  readonly apiVersions?: readonly string[];
}

const read = (file: string): Record<string, unknown> => (readYaml(readFileSync(file, 'utf8'), file) ?? {}) as Record<string, unknown>;

function settings(folder: string): { readonly apiVersions?: readonly string[] } {
  const file = join(folder, 'case.json');
  if (!existsSync(file)) return {};
  const { apiVersions, ...others } = JSON.parse(readFileSync(file, 'utf8')) as { apiVersions?: string[] };
  if (Object.keys(others).length) throw new Error(`${file}: ${Object.keys(others).join(', ')} mean nothing here yet`);
  return { apiVersions };
}

/** Cases of a chart; there are examples at least. */
export function casesOf(chart: string): Case[] {
  const examples = join(ROOT, 'examples', chart);
  const parity = join(ROOT, '..', 'shared', 'parity', chart);
  return [
    { name: 'defaults', values: [{}] },
    ...readdirSync(examples)
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => ({ name: `example ${file}`, values: [read(join(examples, file))] })),
    ...(existsSync(parity)
      ? readdirSync(parity)
          .filter((name) => readdirSync(join(parity, name)).some((file) => /^values.*\.yaml$/.test(file)))
          .map((name) => ({
            name: `parity ${name}`,
            values: readdirSync(join(parity, name))
              .filter((file) => /^values.*\.yaml$/.test(file))
              .toSorted((a, b) => a.length - b.length)
              .map((file) => read(join(parity, name, file))),
            ...settings(join(parity, name)),
          }))
      : []),
  ];
}
