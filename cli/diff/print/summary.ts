// The sum of a comparison in a line or two.
import { titleOf } from '../objects';
import type { Report } from '../report';

export function summaryOf({ objects, unchanged, restarts, deletions }: Report): string[] {
  const count = (change: string): number => objects.filter((object) => object.change === change).length;
  const lines = [`${count('added')} added, ${count('removed')} removed, ${count('changed')} changed, ${unchanged} equal`];
  if (restarts.length) lines.push(`pods restart: ${restarts.map(titleOf).join(', ')}`);
  const kept = deletions.filter((deletion) => deletion.kept !== undefined);
  if (kept.length)
    lines.push(
      `kept, though the release no longer has them: ${kept.map((deletion) => `${titleOf(deletion)} (${deletion.kept})`).join(', ')}`,
    );
  return lines;
}
