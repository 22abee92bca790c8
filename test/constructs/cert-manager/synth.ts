// Renders cert-manager alone, for the tests of this folder.
import { Chart, Testing } from 'cdk8s';
import { CertManager } from '../../../constructs/components';
import type { CertManagerValues } from '../../../constructs/cert-manager/values';
import { Manifest } from '../../../constructs/common/manifest';

/** A manifest, loosely: tests look into it by path. */
export interface Rendered {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly rules?: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[];
  readonly subjects?: readonly { readonly name: string }[];
  readonly spec?: {
    readonly template?: {
      readonly spec: {
        readonly containers: readonly { readonly image: string; readonly args: readonly string[] }[];
        readonly securityContext?: object;
      };
    };
  };
}

export function synth(values: CertManagerValues = {}, name = 'estafette-ci', global: Readonly<Record<string, unknown>> = {}) {
  const chart = new Chart(Testing.app(), 'test');
  const component = new CertManager(chart, 'cert-manager', { release: { name, namespace: 'ci' }, values, global });
  const manifests = component.node.findAll().filter((item): item is Manifest => item instanceof Manifest);
  const objects = chart.toJson() as Rendered[];
  const found = (kind: string, suffix: string): Rendered | undefined =>
    objects.find((object) => object.kind === kind && object.metadata.name.endsWith(suffix));
  return {
    objects,
    /** `Kind name` of all objects. */
    ids: objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    /** The object of this kind whose name ends so. */
    find(kind: string, suffix: string): Rendered {
      const object = found(kind, suffix);
      if (!object) throw new Error(`there is no ${kind} …${suffix}`);
      return object;
    },
    args: (suffix: string, kind = 'Deployment') => found(kind, suffix)?.spec?.template?.spec.containers[0]?.args,
    lifecycle: Object.fromEntries(
      manifests.map(({ kind, metadata, stage, lifecycle }) => [`${kind} ${metadata.name ?? ''}`, { stage, ...lifecycle }]),
    ),
    warnings: component.warnings,
  };
}
