// A cdk8s App whose files are written by our own YAML writer: the same bytes on every machine, right for YAML 1.1 and 1.2 readers.
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
   * @param tell gets a sentence for each file of somebody else's that stays in a Helm chart
   * @throws FolderError when the folder cannot be written, or a Helm chart would go where something else is
   */
  write(tell?: (note: string) => void): string[] {
    const files = this.files();
    writeFiles(this.outdir, files, tell);
    return Object.keys(files);
  }

  override synth(): void {
    this.write();
  }
}
