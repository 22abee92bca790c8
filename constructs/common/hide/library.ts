// Errors that programs get about values: they name keys that are known, and show numbers, but no text that somebody wrote.
import { ValuesError } from '../../../helm/check';
import type { ChartDefinition } from '../chart';
import { secretValues } from './values';

/** Runs a part that knows the values. @throws ValuesError whose issues quote none of them */
export function hidingValues<T>({ secretFiles = {} }: Pick<ChartDefinition, 'secretFiles'>, values: unknown, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ValuesError)) throw error;
    const secrets = secretValues(Object.keys(secretFiles), values);
    throw new ValuesError(error.issues.map(secrets.shown));
  }
}
