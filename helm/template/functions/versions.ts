// Semantic versions.
import { meets, SemanticVersion } from '../semver';
import { define, type FunctionTable } from './define';

export const versions: FunctionTable = {
  semver: define('s', (text) => SemanticVersion.parse(text)),
  semverCompare: define('ss', (constraint, version) => meets(constraint, SemanticVersion.parse(version))),
};
