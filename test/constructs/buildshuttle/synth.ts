// Renders buildshuttle for the tests of this folder.
import { App } from 'cdk8s';
import { Buildshuttle, type BuildshuttleProps } from '../../../constructs/releases';
import type { BuildshuttleValues } from '../../../constructs/buildshuttle/values';
import { issuesOf as issuesIn, only, POD, type Rendered } from '../../support/rendered';

export { POD, type Rendered } from '../../support/rendered';

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

export const SERVICE = `${POD}.containers.0`;
export const ENGINE = `${POD}.initContainers.0`;

export function render(
  values: BuildshuttleValues = LEAST.worker,
  props: Omit<BuildshuttleProps, 'values'> & { readonly release?: string } = {},
) {
  const { release: name = 'buildshuttle', ...rest } = props;
  const release = new Buildshuttle(new App(), name, { namespace: 'akkeris-system', ...rest, values });
  const objects = release.plan().map(({ object }) => object as Rendered);
  const idOf = ({ kind, metadata }: Rendered): string => `${kind}/${metadata.name}`;
  return {
    objects,
    warnings: release.warnings,
    ids: objects.map(idOf),
    find: (kind: string, named = name): Rendered => only(objects, idOf, `${kind}/${named}`),
    deployment: objects.find(({ kind }) => kind === 'Deployment') as Rendered,
  };
}

/** What the values get wrong, by path. */
export const issuesOf = (
  values: unknown,
  props: Omit<BuildshuttleProps, 'values'> & { readonly release?: string } = {},
): Record<string, string> => issuesIn(() => render(values as BuildshuttleValues, props));

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
