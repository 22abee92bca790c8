// From what is wrong with values to lines that a person can act on.
import { ValuesError, type Issue } from '../helm/check';
import { InputError } from './usage';

/** Runs a part; what it says of values becomes an InputError with the places where they were written. */
export function inputErrors<T>(place: (issue: Issue) => string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof ValuesError) throw new InputError([...new Set(error.issues.map(place))], { cause: error });
    throw error;
  }
}
