// What `cdk8s synth` runs: one Chart for each release in releases.yaml.
import { readReleases } from './cli/releases';
import { addReleases } from './cli/synth';
import { reportError } from './cli/usage';
import { ManifestApp } from './constructs/common/manifest-app';

const app = new ManifestApp();
try {
  addReleases(app, readReleases('releases.yaml'));
  app.synth();
} catch (error) {
  reportError(error);
}
