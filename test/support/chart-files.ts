// The files of a Helm chart that installs a release, by name below the chart's folder.
import { renderRelease, type RenderOptions } from '../../cli/render';

export function chartFilesOf(options: RenderOptions): Record<string, string> {
  const { files } = renderRelease({ ...options, target: 'helm' });
  return Object.fromEntries(Object.entries(files).map(([file, text]) => [file.slice(options.release.length + 1), text]));
}

/** What the folder of a chart that follows its values has. */
export const CHART_FOLDER = ['.helmignore', '.written', 'Chart.yaml', 'README.md', 'templates', 'values.schema.json', 'values.yaml'];
