// Renders external-dns alone, for the tests of this folder.
import { Chart, Testing } from 'cdk8s';
import { Manifest } from '../../../constructs/common/manifest';
import { ExternalDns } from '../../../constructs/components';
import type { ExternalDnsValues } from '../../../constructs/external-dns/values';

/** A manifest, loosely: tests look into it by path. */
export interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: { readonly template?: { readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] } } };
}

export function synth(values: ExternalDnsValues = {}, name = 'estafette-ci') {
  const chart = new Chart(Testing.app(), 'test');
  const component = new ExternalDns(chart, 'external-dns', { release: { name, namespace: 'ci' }, values });
  const manifests = component.node.findAll().filter((item): item is Manifest => item instanceof Manifest);
  const objects = chart.toJson() as Rendered[];
  const find = (kind: string): Rendered | undefined => objects.find((object) => object.kind === kind);
  return {
    kinds: objects.map(({ kind }) => kind).toSorted(),
    find,
    args: find('Deployment')?.spec?.template?.spec.containers[0]?.args,
    stages: Object.fromEntries(manifests.map(({ kind, stage }) => [kind, stage])),
    warnings: component.warnings,
  };
}
