// What cdk8s-plus has no words for.
import { ApiObject, JsonPatch } from 'cdk8s';
import type { IConstruct } from 'constructs';

/**
 * Changes what the construct's object prints, at the very end. The classes that cdk8s-plus generates know the fields of
 * Kubernetes 1.27 and drop all others, those of JSON patches of cdk8s included: newer fields, and what users pass through, would be lost.
 */
export function overlay(construct: IConstruct, ...operations: readonly JsonPatch[]): void {
  const object = ApiObject.of(construct);
  const print = object.toJson.bind(object);
  object.toJson = (): unknown => JsonPatch.apply(structuredClone(print()), ...operations);
}
