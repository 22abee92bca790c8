// Prometheus and promtool, built from the Go module: Debian's are built without the
// discovery of Kubernetes, which our configuration asks for.
import { goPart } from './go';
import type { Part } from './part';
import { firstLine } from './run';
import { versions } from './versions';

// The module counts 2.55.1 as v0.55.1.
const tag = `v0.${versions.prometheus.split('.').slice(1).join('.')}`;
const prometheusPart = (name: string): Part =>
  goPart({
    name,
    version: versions.prometheus,
    module: 'github.com/prometheus/prometheus',
    tag,
    package: `./cmd/${name}`,
    ldflags: `-X github.com/prometheus/common/version.Version=${versions.prometheus}`,
    // Debian says so in its revision; the official builds have every discovery.
    fits: (program) => {
      const line = firstLine(program, '--version') ?? '';
      return line.includes(`version ${versions.prometheus}`) && !line.includes('debian');
    },
  });

export const prometheus = prometheusPart('prometheus');
export const promtool = prometheusPart('promtool');
