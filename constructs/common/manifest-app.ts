// A cdk8s App whose files are written by our own YAML writer: the same bytes on every machine, right for YAML 1.1 and 1.2 readers.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'cdk8s';
import { writeYamlStream } from '../../helm/yaml/write';

const isCrd = (object: { kind?: unknown }): boolean => object.kind === 'CustomResourceDefinition';

/** Writes `NAME.k8s.yaml` for each chart, and `NAME.crds.k8s.yaml` where it has CustomResourceDefinitions. */
export class ManifestApp extends App {
  /** Text by file name. */
  files(): Record<string, string> {
    const files: Record<string, string> = {};
    for (const chart of this.charts) {
      const objects = chart.toJson() as { kind?: unknown }[];
      const crds = objects.filter(isCrd);
      files[`${chart.node.id}.k8s.yaml`] = writeYamlStream(objects.filter((object) => !isCrd(object)));
      if (crds.length) files[`${chart.node.id}.crds.k8s.yaml`] = writeYamlStream(crds);
    }
    return files;
  }

  /** Writes to the output folder and returns the names of the files. */
  write(): string[] {
    const files = Object.entries(this.files());
    mkdirSync(this.outdir, { recursive: true });
    for (const [file, text] of files) writeFileSync(join(this.outdir, file), text);
    return files.map(([file]) => file);
  }

  override synth(): void {
    this.write();
  }
}
