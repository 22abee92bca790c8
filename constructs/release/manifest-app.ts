// A cdk8s App whose files are written by our own YAML writer: the same bytes on every machine, right for YAML 1.1 and 1.2 readers.
import { App } from 'cdk8s';
import { manifestFiles, writeFiles } from './files';
import { ReleaseChart } from './release-chart';
import type { Planned } from '../targets/plan';

/** Writes the files of each release (see `ReleaseChart.files`), and `NAME.k8s.yaml` for any other chart. */
export class ManifestApp extends App {
  /** What each release prints, by its name. */
  plans(): ReadonlyMap<string, readonly Planned[]> {
    return new Map(this.charts.filter(ReleaseChart.isRelease).map((release) => [release.node.id, release.plan()]));
  }

  /**
   * Text by file name.
   * @param plans what `plans()` gave, where it is at hand
   */
  files(plans?: ReadonlyMap<string, readonly Planned[]>): Record<string, string> {
    return Object.assign(
      {},
      ...this.charts.map((chart) =>
        ReleaseChart.isRelease(chart)
          ? chart.files(plans?.get(chart.node.id))
          : manifestFiles(chart.node.id, chart.toJson() as { kind?: unknown }[]),
      ),
    ) as Record<string, string>;
  }

  /**
   * Writes to the output folder and returns the names of the files.
   * @param options.plans what `plans()` gave, where it is at hand
   * @param options.tell gets a sentence for each file of somebody else's that stays in a Helm chart
   * @throws FolderError when the folder cannot be written, or a Helm chart would go where something else is
   */
  write({
    plans,
    tell,
  }: { readonly plans?: ReadonlyMap<string, readonly Planned[]>; readonly tell?: (note: string) => void } = {}): string[] {
    const files = this.files(plans);
    writeFiles(this.outdir, files, tell);
    return Object.keys(files);
  }

  override synth(): void {
    this.write();
  }
}
