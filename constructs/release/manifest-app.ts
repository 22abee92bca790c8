// A cdk8s App whose files are written by our own YAML writer: the same bytes on every machine, right for YAML 1.1 and 1.2 readers.
import { App } from 'cdk8s';
import { manifestFiles } from '../targets/manifest-files';
import type { Render } from '../targets/target';
import { writeFiles } from './files';
import { ReleaseChart } from './release-chart';

/** Writes the files of each release (see `ReleaseChart.files`), and `NAME.k8s.yaml` for any other chart. */
export class ManifestApp extends App {
  /** What each release prints, by its name. */
  renders(): ReadonlyMap<string, Render> {
    return new Map(this.charts.filter(ReleaseChart.isRelease).map((release) => [release.node.id, release.render()]));
  }

  /** Text by file name. @param renders what `renders()` gave, where it is at hand */
  files(renders?: ReadonlyMap<string, Render>): Record<string, string> {
    return Object.assign(
      {},
      ...this.charts.map((chart) =>
        ReleaseChart.isRelease(chart)
          ? chart.files(renders?.get(chart.node.id))
          : manifestFiles(chart.node.id, chart.toJson() as { kind?: unknown }[]),
      ),
    ) as Record<string, string>;
  }

  /**
   * Writes to the output folder and returns the names of the files.
   * @param options.renders what `renders()` gave, where it is at hand
   * @param options.tell gets a sentence for each file of somebody else's that stays in a Helm chart
   * @throws FolderError when the folder cannot be written, or a Helm chart would go where something else is
   */
  write({ renders, tell }: { readonly renders?: ReadonlyMap<string, Render>; readonly tell?: (note: string) => void } = {}): string[] {
    const files = this.files(renders);
    writeFiles(this.outdir, files, tell);
    return Object.keys(files);
  }

  override synth(): void {
    this.write();
  }
}
