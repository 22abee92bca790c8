// Ways out of what a server refuses, for who applies with Argo CD: self-heal puts back what is deleted or patched by hand.
import type { TargetName } from '../../../constructs/targets';
import type { Report } from '../report';

const ORDER =
  'while automated sync is on, Argo CD undoes this from the commit that it has: turn it off (or merge, and let that ' +
  'sync fail), run the command, sync, and turn it on again';

/** With the target argocd, what is to be run by hand comes with the order in which it works. */
export function withSelfHeal(report: Report, target?: TargetName): Report {
  if (target !== 'argocd') return report;
  const refused = report.refused.map((finding) =>
    finding.commands.some((command) => /^kubectl (delete|patch) /.test(command))
      ? { ...finding, wayOut: `${finding.wayOut}; ${ORDER}` }
      : finding,
  );
  return { ...report, refused };
}
