// What a construct's object is for, told beside it: constructs of cdk8s and cdk8s-plus have no place for it.
import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { Lifecycle } from './stages';

const told = new WeakMap<ApiObject, Lifecycle>();

/**
 * Tells what the object of a construct is for, and gives the construct back:
 *
 *     withLifecycle(new kplus.Deployment(chart, 'web', …), { stage: 'data', keep: true });
 *
 * @throws Error when the construct has no one object of its own
 */
export function withLifecycle<C extends IConstruct>(construct: C, lifecycle: Lifecycle): C {
  told.set(ApiObject.of(construct), lifecycle);
  return construct;
}

/** What was told of an object; nothing for most. */
export const lifecycleOf = (object: ApiObject): Lifecycle => told.get(object) ?? {};
