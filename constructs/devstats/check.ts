// Values, checked: against the schema, and for what a server would refuse; all mistakes at once.
import { isDeepStrictEqual } from 'node:util';
import { ValuesError, type Issue } from '../../helm/check';
import { prepareValues } from '../common/prepare';
import type { Definition } from '../common/chart';
import type { Release } from '../common/release';
import { problems } from './problems';
import type { devstatsValues } from './values';

type Plain = Record<string, unknown>;
type Checked = ReturnType<typeof prepareValues<typeof devstatsValues>>;

/** @throws ValuesError with everything that is wrong */
export function checkedValues(definition: Definition<typeof devstatsValues>, release: Release, user: Plain): Checked {
  const prepared = prepare(definition, release, user);
  if (!(prepared instanceof ValuesError)) {
    const issues = problems(prepared.values);
    if (issues.length) throw new ValuesError(issues);
    return prepared;
  }
  throw new ValuesError([...prepared.issues, ...issuesOfTheRest(definition, release, user, prepared.issues)]);
}

function prepare(definition: Definition<typeof devstatsValues>, release: Release, user: Plain): Checked | ValuesError {
  try {
    return prepareValues(definition, release, user);
  } catch (error) {
    if (error instanceof ValuesError) return error;
    throw error;
  }
}

/** What is wrong beside values that do not fit the schema: without those, and with nothing said of them. */
function issuesOfTheRest(definition: Definition<typeof devstatsValues>, release: Release, user: Plain, wrong: readonly Issue[]): Issue[] {
  const rest = structuredClone(user);
  wrong.forEach(({ path }) => remove(rest, path));
  const prepared = prepare(definition, release, rest);
  if (prepared instanceof ValuesError) return [];
  return problems(prepared.values).filter((issue) => !wrong.some(({ path }) => isWithin(issue.path, path) || isWithin(path, issue.path)));
}

const isWithin = (path: Issue['path'], outer: Issue['path']): boolean => isDeepStrictEqual(path.slice(0, outer.length), outer);

/** An item of a list leaves an empty one, so that those behind it keep their places. */
function remove(data: unknown, path: Issue['path']): void {
  const [key, ...deeper] = path;
  if (key === undefined || typeof data !== 'object' || data === null || !Object.hasOwn(data, key)) return;
  const holder = data as Record<string | number, unknown>;
  if (deeper.length) remove(holder[key], deeper);
  else if (Array.isArray(data)) holder[key] = {};
  else delete holder[key];
}
