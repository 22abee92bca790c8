// Renders buildshuttle for the tests of this folder.
import { App } from 'cdk8s';
import { Buildshuttle, type BuildshuttleProps } from '../../../constructs/releases';
import type { BuildshuttleValues } from '../../../constructs/buildshuttle/values';
import { ValuesError } from '../../../helm/check';

/** A manifest, loosely: tests look into it by path. */
export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

export const TOKEN = 'a-token-of-the-tests';

/** The least that each mode needs. */
export const LEAST = {
  host: { mode: 'host', auth: { token: TOKEN } },
  worker: { mode: 'worker', auth: { token: TOKEN } },
  externalWorker: {
    mode: 'externalWorker',
    auth: { token: TOKEN },
    engine: { host: 'engine.example.com', tls: { existingSecret: 'engine-tls' } },
  },
  kubernetes: { mode: 'kubernetes', auth: { token: TOKEN }, s3: { bucket: 'builds' } },
} satisfies Record<string, BuildshuttleValues>;

export const POD = 'spec.template.spec';
export const SERVICE = `${POD}.containers.0`;
export const ENGINE = `${POD}.initContainers.0`;

export function render(
  values: BuildshuttleValues = LEAST.worker,
  props: Omit<BuildshuttleProps, 'values'> & { readonly release?: string } = {},
) {
  const { release: name = 'buildshuttle', ...rest } = props;
  const release = new Buildshuttle(new App(), name, { namespace: 'akkeris-system', ...rest, values });
  const objects = release.plan().map(({ object }) => object as Rendered);
  const find = (kind: string, named = name): Rendered => {
    const found = objects.filter((object) => object.kind === kind && object.metadata.name === named);
    if (found.length !== 1)
      throw new Error(
        `${found.length} objects are ${kind}/${named}; there are ${objects.map((object) => `${object.kind}/${object.metadata.name}`).join(', ')}`,
      );
    return found[0] as Rendered;
  };
  return {
    objects,
    warnings: release.warnings,
    ids: objects.map((object) => `${object.kind}/${object.metadata.name}`),
    find,
    deployment: objects.find(({ kind }) => kind === 'Deployment') as Rendered,
  };
}

/** What the values get wrong, by path. */
export function issuesOf(
  values: unknown,
  props: Omit<BuildshuttleProps, 'values'> & { readonly release?: string } = {},
): Record<string, string> {
  try {
    render(values as BuildshuttleValues, props);
  } catch (error) {
    if (!(error instanceof ValuesError)) throw error;
    return Object.fromEntries(error.issues.map(({ message, path }) => [path.join('.'), message]));
  }
  return {};
}

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: Readonly<Record<'secretKeyRef' | 'configMapKeyRef', { readonly name: string; readonly key: string } | undefined>>;
}

/** Environment of the service's container: values, and `OBJECT/KEY` for what comes from a Secret or a ConfigMap. */
export function environment({ spec }: Rendered): Record<string, string | undefined> {
  const { containers } = (spec as { template: { spec: { containers: { env: Variable[] }[] } } }).template.spec;
  return Object.fromEntries(
    (containers[0]?.env ?? []).map(({ name, value, valueFrom }) => {
      const from = valueFrom?.secretKeyRef ?? valueFrom?.configMapKeyRef;
      return [name, from ? `${from.name}/${from.key}` : value];
    }),
  );
}
