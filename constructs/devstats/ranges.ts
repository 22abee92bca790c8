// Which projects get which objects.
import { listOf } from '../common/lists';
import { integer } from '../../helm/print';
import type { Project, Range, Settings } from './values';

/** The projects of a range with their positions: From inclusive, To exclusive, all to the end when To is not given. */
export function selectedProjects(values: Settings, range: Range): { readonly project: Project; readonly index: number }[] {
  const from = integer(values[`index${range}From`]);
  const end = values[`index${range}To`];
  const to = end === undefined ? Infinity : integer(end);
  return listOf(values.projects)
    .map((project, index) => ({ project, index }))
    .filter(({ index }) => index >= from && index < to);
}
