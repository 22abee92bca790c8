// Files of manifests, and folders that are written as a whole.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeYamlStream } from '../../helm/yaml/write';
import { WRITTEN_FOR } from '../targets/helm-chart';

const isCrd = (object: { kind?: unknown }): boolean => object.kind === 'CustomResourceDefinition';

/** Texts by file name: `NAME.k8s.yaml`, and `NAME.crds.k8s.yaml` where there are CustomResourceDefinitions. */
export function manifestFiles(name: string, objects: readonly { kind?: unknown }[]): Record<string, string> {
  const crds = objects.filter(isCrd);
  return {
    [`${name}.k8s.yaml`]: writeYamlStream(objects.filter((object) => !isCrd(object))),
    ...(crds.length ? { [`${name}.crds.k8s.yaml`]: writeYamlStream(crds) } : {}),
  };
}

/** A folder that somebody else wrote is in the way. */
export class FolderError extends Error {
  override readonly name = 'FolderError';
}

/**
 * Writes texts by file name. A folder with a Chart.yaml is a Helm chart, and installs each template in it: what an earlier
 * writing left there goes.
 * @throws FolderError when there is a chart already that was not written here
 */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const file of Object.keys(files)) if (/(^|\/)Chart\.yaml$/.test(file)) clearChart(join(folder, dirname(file)));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

function clearChart(folder: string): void {
  if (!existsSync(folder) || !readdirSync(folder).length) return;
  const chart = join(folder, 'Chart.yaml');
  if (!existsSync(chart) || !readFileSync(chart, 'utf8').includes(WRITTEN_FOR)) {
    throw new FolderError(`${folder} holds files that are no chart written by cdk8s-estafette: name an empty folder, or one that does not exist`);
  }
  for (const part of ['templates', 'crds']) rmSync(join(folder, part), { recursive: true, force: true });
}
