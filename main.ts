// What `cdk8s synth` runs: one Chart for each release in releases.yaml.
import { listReleases } from './cli/input/releases';
import { Owners } from './cli/clashes';
import { eachRelease, placingPatches, printedAs, refuseClashes, type PrintedRelease } from './cli/synth';
import { reportError } from './cli/usage';
import { chartOf } from './constructs/charts';
import { ManifestApp } from './constructs/release/manifest-app';
import { ReleaseChart } from './constructs/release/release-chart';

const app = new ManifestApp();
try {
  const releases = listReleases('releases.yaml');
  const owning: PrintedRelease[] = [];
  const charts = eachRelease(releases, (entry, listed) => {
    const { release, chart, ...props } = entry.options;
    owning.push(printedAs(entry, listed));
    return new ReleaseChart(app, release, chartOf(chart), props);
  });
  placingPatches(releases, () => {
    const renders = app.renders();
    const owners = new Owners<PrintedRelease>();
    owning.forEach((printed, index) => owners.add(printed, renders.get(charts[index]?.node.id ?? '')?.plan ?? []));
    refuseClashes(owners);
    app.write({ renders });
  });
} catch (error) {
  reportError(error);
}
