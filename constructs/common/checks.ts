// What the published templates refuse beyond the kinds of the values, and how to say it.
import { kindOf, NULL_GROUP, ValuesError, type Issue } from '../../helm/check';
import { isTrue } from '../../helm/print';
import { isDnsLabel } from '../../kubernetes/names';

export type Path = Issue['path'];

/** True for a value that is not given at all. */
export const isNil = (value: unknown): value is null | undefined => value === null || value === undefined;

/** Throws when there is anything to complain of. */
export function refuse(issues: readonly Issue[]): undefined {
  if (issues.length) throw new ValuesError(issues);
  return undefined;
}

/** For values that go through functions of Helm which take nothing but text: a bare number or true stops the chart. */
export const textOnly = (value: unknown, ...path: Path): Issue[] =>
  typeof value === 'string' || !isTrue(value) ? [] : [notText(value, path)];

/** As `textOnly`, and the value must be there. */
export const textNeeded = (value: unknown, ...path: Path): Issue[] => {
  if (isNil(value))
    return [{ path, message: 'must not be null: the chart reads it as text; leave the key out to keep the default, or give ""' }];
  return typeof value === 'string' ? [] : [notText(value, path)];
};

/** The one wording for a number or a flag where text is needed. */
export const notText = (value: unknown, path: Path): Issue => ({ path, message: `must be text, not ${kindOf(value)}: put it in quotes` });

/** For the name of a namespace, as it is printed; none where nothing is. */
export const namespaceIssues = (name: string | undefined, ...path: Path): Issue[] =>
  name === undefined || name === '' || isDnsLabel(name)
    ? []
    : [
        {
          path,
          message:
            `no namespace can be called "${name}": lower case letters, digits and dashes, a letter or digit ` +
            `at both ends, at most 63 characters`,
        },
      ];

/** A group that may be null only while nothing reads it. @throws ValuesError when it is null all the same */
export function need<T>(group: T | undefined, ...path: Path): T {
  if (group === undefined) throw new ValuesError([{ path, message: NULL_GROUP }]);
  return group;
}
