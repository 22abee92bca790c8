// Small servers built from Go modules: CoreDNS (names inside a cluster), the agent that enforces NetworkPolicies, versitygw (S3), NATS.
import { goPart } from './go';
import { firstLine } from './run';
import { versions } from './versions';

export const coredns = goPart({ name: 'coredns', version: versions.coredns, module: 'github.com/coredns/coredns', package: '.' });

export const networkPolicies = goPart({
  name: 'kube-network-policies',
  version: versions['kube-network-policies'],
  module: 'sigs.k8s.io/kube-network-policies',
  package: './cmd',
});

export const versitygw = goPart({
  name: 'versitygw',
  version: versions.versitygw,
  module: 'github.com/versity/versitygw',
  package: './cmd/versitygw',
  ldflags: `-X main.Version=v${versions.versitygw}`,
});

export const nats = goPart({
  name: 'nats-server',
  version: versions['nats-server'],
  module: 'github.com/nats-io/nats-server/v2',
  package: '.',
  fits: (program) => (firstLine(program, '--version') ?? '').endsWith(`v${versions['nats-server']}`),
});
