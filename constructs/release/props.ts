// The props of a release as programs give them: checked, and plain data.
import { ValuesError, type Issue } from '../../helm/check';
import { isTable } from '../../helm/yaml/values';
import { isNil, refuse } from '../common/checks';
import { plainValues, type Bytes } from '../common/plain-values';
import { targets } from '../targets';
import { applicationFaults, type ApplicationOption } from '../targets/application-options';
import { CRD_MODES } from '../targets/plan';
import type { ReleaseProps } from './inputs';
import { patchIssues } from './patch-shape';

export interface PlainProps {
  readonly props: ReleaseProps<unknown>;
  /** Bytes in the values that are not text. */
  readonly bytes: readonly Bytes[];
}

/** By prop: what it must be. */
const SHAPES: Readonly<Record<string, readonly [isRight: (given: unknown) => boolean, rule: string]>> = {
  namespace: [isText, 'must be text'],
  target: [(given) => isText(given) && Object.hasOwn(targets, given), `must be one of ${Object.keys(targets).join(', ')}`],
  kubeVersion: [isText, 'must be a version such as 1.31.0'],
  apiVersions: [(given) => Array.isArray(given) && given.every(isText), 'must be a list of texts such as cert-manager.io/v1'],
  createNamespace: [isFlag, 'must be true or false'],
  crds: [(given) => (CRD_MODES as readonly unknown[]).includes(given), `must be one of ${CRD_MODES.join(', ')}`],
  application: [isApplication, `must be a map of texts: ${Object.keys(applicationFaults).join(', ')}, of which repoURL is needed`],
  live: [isTexts, 'must be a list of paths such as api.image.tag, or of "." for all values'],
  fix: [isTexts, 'must be a list of paths such as api.image.tag'],
  helmChart: [isChart, 'must be a map of texts: name (lower case), version (such as 1.2.3), appVersion, description'],
  ownValues: [isTable, 'must be a map of values for live values of your own'],
  patches: [Array.isArray, 'must be a list of patches'],
  unknownValues: [(given) => ['error', 'warn'].includes(given as string), 'must be one of error, warn'],
};

/** @throws ValuesError with all that is wrong, but for what only the chart knows of its values */
export function plainProps(given: ReleaseProps<unknown> | null | undefined): PlainProps {
  if (given !== null && given !== undefined && !isTable(given))
    throw new ValuesError([{ path: [], message: 'the props of a release must be a map' }]);
  const { values, ...others } = given ?? {};
  const props = Object.fromEntries(Object.entries(plainValues(others).data as object).filter(([, value]) => value !== null));
  // Values are known by their path below the props, whatever their layer.
  const layers = (Array.isArray(values) ? values : [values]).filter((layer) => !isNil(layer)).map((layer) => plainValues(layer));
  const patches = Array.isArray(props['patches']) ? props['patches'] : [];
  refuse([
    ...Object.entries(SHAPES)
      .filter(([prop, [isRight]]) => props[prop] !== undefined && !isRight(props[prop]))
      .map(([prop, [, rule]]): Issue => ({ path: [prop], message: rule })),
    ...layers.filter(({ data }) => !isTable(data)).map((): Issue => ({ path: ['values'], message: 'must be a map, or a list of maps' })),
    ...patches.flatMap((patch, index) => patchIssues(patch).map((issue) => ({ ...issue, path: ['patches', index, ...issue.path] }))),
  ]);
  return { props: { ...props, values: layers.map(({ data }) => data) }, bytes: layers.flatMap(({ bytes }) => bytes) };
}

function isText(given: unknown): given is string {
  return typeof given === 'string';
}

function isTexts(given: unknown): boolean {
  return Array.isArray(given) && given.every(isText);
}

function isFlag(given: unknown): boolean {
  return typeof given === 'boolean';
}

const CHART_RULES: Readonly<Record<string, RegExp>> = {
  name: /^[a-z0-9][a-z0-9-]*$/,
  version: /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/,
  appVersion: /^[^\n]+$/,
  description: /^[^\n]*$/,
};

function isChart(given: unknown): boolean {
  return isTable(given) && Object.entries(given).every(([key, value]) => isText(value) && (CHART_RULES[key]?.test(value) ?? false));
}

function isApplication(given: unknown): boolean {
  return (
    isTable(given) &&
    isText(given['repoURL']) &&
    Object.entries(given).every(([option, value]) => Object.hasOwn(applicationFaults, option as ApplicationOption) && isText(value))
  );
}
