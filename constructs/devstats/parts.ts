// The parts of a release, and the switches that leave them out.
import { isTrue } from '../../helm/print';
import { selectedProjects } from './ranges';
import type { Project, Range, Settings } from './values';

export type Skip =
  'skipPostgres' | 'skipBootstrap' | 'skipPVs' | 'skipProvisions' | 'skipCrons' | 'skipGrafanas' | 'skipServices' | 'skipIngress';

/** Switches of the parts that are made once a project, with the range that cuts them. */
export const PROJECT_PARTS = [
  { skip: 'skipPVs', range: 'PVs' },
  { skip: 'skipProvisions', range: 'Provisions' },
  { skip: 'skipCrons', range: 'Crons' },
  { skip: 'skipGrafanas', range: 'Grafanas' },
  { skip: 'skipServices', range: 'Services' },
  { skip: 'skipIngress', range: 'Ingresses' },
] as const satisfies readonly { readonly skip: Skip; readonly range: Range }[];
export type ProjectSkip = (typeof PROJECT_PARTS)[number]['skip'];

/** True when one of the parts is printed. */
export const isPrinted = (values: Settings, ...skips: readonly Skip[]): boolean => skips.some((skip) => !isTrue(values[skip]));

/** The projects, with their positions, for which one of the parts is printed. */
export function projectsOf(values: Settings, ...skips: readonly ProjectSkip[]): { readonly project: Project; readonly index: number }[] {
  const found = new Map<number, Project>();
  for (const { skip, range } of PROJECT_PARTS) {
    if (skips.includes(skip) && isPrinted(values, skip))
      selectedProjects(values, range).forEach(({ project, index }) => found.set(index, project));
  }
  return [...found].toSorted(([a], [b]) => a - b).map(([index, project]) => ({ project, index }));
}
