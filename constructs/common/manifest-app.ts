// A cdk8s App whose files are written by our own YAML writer: the same bytes on every machine, right for YAML 1.1 and 1.2 readers.
import { mkdirSync } from 'node:fs';
import { App } from 'cdk8s';
import { manifestFiles, writeFiles } from './files';
import { ReleaseChart } from './release-chart';

/** Writes the files of each release (see `ReleaseChart.files`), and `NAME.k8s.yaml` for any other chart. */
export class ManifestApp extends App {
  /** Text by file name. */
  files(): Record<string, string> {
    return Object.assign({}, ...this.charts.map((chart) => (ReleaseChart.isRelease(chart) ? chart.files() : manifestFiles(chart.node.id, chart.toJson() as { kind?: unknown }[])))) as Record<string, string>;
  }

  /**
   * Writes to the output folder and returns the names of the files.
   * @throws FolderError when a Helm chart would go where something else is
   */
  write(): string[] {
    const files = this.files();
    mkdirSync(this.outdir, { recursive: true });
    writeFiles(this.outdir, files);
    return Object.keys(files);
  }

  override synth(): void {
    this.write();
  }
}
