// What cdk8s-plus has no words for.
import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { applyOperations, type PatchOperation } from '../../common/json-patch';

/**
 * Changes what the construct's object prints, at the very end. The classes that cdk8s-plus generates know the fields of
 * Kubernetes 1.27 and drop all others, those of JSON patches of cdk8s included: newer fields, and what users pass through, would be lost.
 * cdk8s' own patches copy through JSON, which has no integers of `--set`.
 */
export function overlay(construct: IConstruct, ...operations: readonly PatchOperation[]): void {
  const object = ApiObject.of(construct);
  const print = object.toJson.bind(object);
  object.toJson = (): unknown => applyOperations(print(), operations);
}

export const add = (path: string, value: unknown): PatchOperation => ({ op: 'add', path, value });
