// What `cdk8s synth` runs: one Chart for each release in releases.yaml.
import { readReleases } from './cli/input/releases';
import { addReleases, placingPatches } from './cli/synth';
import { reportError } from './cli/usage';
import { ManifestApp } from './constructs/release/manifest-app';

const app = new ManifestApp();
try {
  const releases = readReleases('releases.yaml');
  addReleases(app, releases);
  placingPatches(releases, () => app.synth());
} catch (error) {
  reportError(error);
}
