// Secrets that a test can tell in what is printed, in whatever form they are there.
import { renderRelease, type RenderOptions } from '../../cli/render';
import type { ChartName } from '../../constructs/charts';
import { writeYamlStream } from '../../helm/yaml/write';
import { secretLeaves, valuesWith } from './secret-values';
import { pathText, type Plain } from './secret-leaves';

/** Those in which no secret is printed. */
export const MODES = ['omit', 'externalSecrets'] as const;

/** As different as two secrets can be: no printed byte may differ. */
export const CANARIES = [
  (index: number) => `Canary/${String(index).padStart(3, '0')}+abcdefghijklmnopqrst`,
  (index: number) => `other ${index} it's "quoted" $HOME; -- \\ and much longer than the first one is, to tell lengths apart`,
] as const;

/** A release, and all that is printed and told of it as one text. */
export function printed(chart: ChartName, values: Plain, options: Partial<RenderOptions> = {}) {
  const rendered = renderRelease({ release: 'ci', chart, namespace: 'builds', values: [values], ...options });
  const text = [writeYamlStream(rendered.plan.map(({ object }) => object)), ...Object.values(rendered.files)].join('\n');
  return { ...rendered, text, all: [text, ...rendered.warnings, JSON.stringify(rendered.needed)].join('\n') };
}

export const withMode = (values: Plain, mode: string): Plain => ({
  ...values,
  secrets: { mode, externalSecrets: { store: { name: 'vault' } } },
});

/** As it is, as URLs have it, and inside of base64 at any place. */
export function formsOf(secret: string): string[] {
  const inside = [0, 1, 2].map((shift) => {
    const bytes = Buffer.from('x'.repeat(shift) + secret);
    const encoded = bytes.toString('base64').replaceAll('=', '');
    return encoded.slice(Math.ceil((shift * 8) / 6), Math.floor((bytes.length * 8) / 6) - 1);
  });
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...inside];
}

/** Base64 in base64, as pull secrets have it. */
export const unpacked = (text: string): string =>
  text + [...text.matchAll(/[A-Za-z0-9+/]{24,}={0,2}/g)].map(([encoded]) => Buffer.from(encoded, 'base64').toString('latin1')).join('\n');

/** The values whose secrets are shown in a mode without any; and whether other secrets make another print. */
export function shownIn(
  chart: ChartName,
  mode: string,
  options: Partial<RenderOptions>,
): { readonly paths: readonly string[]; readonly isSame: boolean } {
  const [first, second] = CANARIES.map((canary) => printed(chart, withMode(valuesWith(chart, canary), mode), options).all) as [
    string,
    string,
  ];
  const shown = unpacked(first);
  const found = secretLeaves(chart).filter((_, index) => formsOf(CANARIES[0](index)).some((form) => shown.includes(form)));
  return { paths: found.map(({ path }) => pathText(path)), isSame: first === second };
}
