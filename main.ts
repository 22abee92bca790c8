// What `cdk8s synth` runs: one Chart for each release in releases.yaml.
import { readReleases } from './cli/input/releases';
import { Owners } from './cli/clashes';
import { eachRelease, placingPatches, printedAs, refuseClashes, type PrintedRelease } from './cli/synth';
import { reportError } from './cli/usage';
import { chartOf } from './constructs/charts';
import { ManifestApp } from './constructs/release/manifest-app';
import { ReleaseChart } from './constructs/release/release-chart';

const app = new ManifestApp();
try {
  const releases = readReleases('releases.yaml');
  const charts = eachRelease(
    releases,
    ({ options: { release, chart, ...props } }) => new ReleaseChart(app, release, chartOf(chart), props),
  );
  placingPatches(releases, () => {
    const renders = app.renders();
    const owners = new Owners<PrintedRelease>();
    releases.forEach((entry, index) => owners.add(printedAs(entry), renders.get(charts[index]?.node.id ?? '')?.plan ?? []));
    refuseClashes(owners);
    app.write({ renders });
  });
} catch (error) {
  reportError(error);
}
