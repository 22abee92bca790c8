// The programs of Kubernetes, all of one version, built from its Go module.
import { goPart } from './go';
import type { Part } from './part';
import { firstLine } from './run';
import { versions } from './versions';

const [, minor = '', patch = ''] = versions.kubernetes.split('.');
const stamp = (variable: string, value: string): string => `-X k8s.io/component-base/version.${variable}=${value}`;
const ldflags = [
  stamp('gitVersion', `v${versions.kubernetes}`),
  stamp('gitMajor', '1'),
  stamp('gitMinor', minor),
  stamp('gitTreeState', 'clean'),
].join(' ');

/** The libraries lie in folders of the repository that its module leaves out; each is published as v0.MINOR.PATCH. */
const published = (goMod: string): string =>
  goMod.replace(/^(\s*)(k8s\.io\/\S+) => \.\/staging\/\S+$/gm, `$1$2 => $2 v0.${minor}.${patch}`);

const kubernetesPart = (name: string): Part =>
  goPart({
    name,
    version: versions.kubernetes,
    module: 'k8s.io/kubernetes',
    package: `./cmd/${name}`,
    ldflags,
    mend: published,
    fits: (program) =>
      name === 'kubectl'
        ? (firstLine(program, 'version', '--client') ?? '').endsWith(`v${versions.kubernetes}`)
        : firstLine(program, '--version') === `Kubernetes v${versions.kubernetes}`,
  });

export const kubernetes = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'kubelet', 'kubectl'].map(
  kubernetesPart,
);
