// Argo CD: one program, the part of it chosen by ARGOCD_BINARY_NAME.
import { goPart } from './go.mjs';
import { versions } from './versions.mjs';

const stamp = (variable, value) => `-X github.com/argoproj/argo-cd/v3/common.${variable}=${value}`;

export const argoCd = goPart({
  name: 'argocd',
  version: versions['argo-cd'],
  module: 'github.com/argoproj/argo-cd/v3',
  package: './cmd',
  ldflags: stamp('version', versions['argo-cd']),
});
