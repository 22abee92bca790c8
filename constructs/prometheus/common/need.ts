// What the published chart stops at beyond the kind of each value, as errors with the reason and the mend.
import { ValuesError, type Issue } from '../../../helm/check';
import { isTrue } from '../../../helm/print';
import type { Making } from '../../common/chart';
import { notText, type Path } from '../../common/checks';
import type { Maker } from './objects';

/** @throws ValuesError */
export function refuse(path: Path, message: string): never {
  throw new ValuesError([{ path, message }]);
}

/** A value that Helm takes apart as text: "" for an empty one. @throws ValuesError for a number or a flag, as Helm fails */
export function textOnly(value: unknown, ...path: Path): string {
  if (!isTrue(value)) return '';
  if (typeof value !== 'string') throw new ValuesError([notText(value, path)]);
  return value;
}

/** What all of them make. @throws ValuesError with what is wrong in any of them together, each mistake once */
export function together(makers: readonly Maker[]): Making[] {
  const issues = new Map<string, Issue>();
  const made = makers.map((make) => {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof ValuesError)) throw error;
      for (const issue of error.issues) issues.set(JSON.stringify([issue.path, issue.message]), issue);
      return undefined;
    }
  });
  if (issues.size) throw new ValuesError([...issues.values()]);
  return made;
}
