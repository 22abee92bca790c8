// What charts of one's own are written with, `cdk8s-estafette/kit`: a chart as data, the language of its values, and what renders it.
export { defineChart, placed } from './constructs/common/chart';
export type { ChartDefinition, Helper, Helpers, Making, Part, Placed, PublishedChart, SqlScript } from './constructs/common/chart';
export { Component, type ComponentProps } from './constructs/common/component';
export { fromConstructs } from './constructs/common/constructs';
export type { Context } from './constructs/common/context';
export type { Entry, Origin } from './constructs/common/entry';
export { withLifecycle } from './constructs/common/lifecycle';
export { liveIf, liveRelease, liveText, liveValue, onlyIf, type LiveDefault } from './constructs/common/live-value';
export type { ChartInfo, Release } from './constructs/common/release';
export type { Hook, HookEvent, Lifecycle, Stage } from './constructs/common/stages';
export { ReleaseChart } from './constructs/release/release-chart';
export type { ReleaseProps } from './constructs/release/inputs';
export { ValuesError, type Issue, type Warning } from './helm/check';
export { any, flag, group, items, list, number, table, text, toggle } from './helm/schema';
export type { Default, Fields, Group, Leaf, LeafOptions, Values, ValuesInput } from './helm/schema';
export type { KubeObject } from './kubernetes/object';
