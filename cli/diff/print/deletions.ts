// What a release no longer has, as manifests for `kubectl delete -f -`.
import { writeYaml } from '../../../helm/yaml/write';
import { titleOf } from '../objects';
import type { Report } from '../report';

/** Names only: nothing else is needed to delete. What is kept stands in comments. */
export function printDeletions({ release, cluster, deletions }: Report): string {
  const kept = deletions.filter((deletion) => deletion.kept !== undefined);
  const gone = deletions.filter((deletion) => deletion.kept === undefined);
  const comments = kept.map((deletion) => `# kept: ${titleOf(deletion)}: ${deletion.kept}\n`);
  const head = cluster === undefined ? '' : `# Compared with ${cluster}\n`;
  if (!gone.length) return `${head}# ${release} has nothing to delete\n${comments.join('')}`;
  return (
    head +
    comments.join('') +
    gone
      .map(({ apiVersion, kind, namespace, name }) =>
        writeYaml({ apiVersion, kind, metadata: { name, ...(namespace ? { namespace } : {}) } }),
      )
      .join('---\n')
  );
}
