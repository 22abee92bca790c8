// The chart of the build worker, `cdk8s-estafette/buildshuttle`: apart from the others, since it needs cdk8s-plus-27.
export { Buildshuttle, type BuildshuttleProps } from './constructs/releases';
export type { BuildshuttleValues } from './constructs/buildshuttle/values';
