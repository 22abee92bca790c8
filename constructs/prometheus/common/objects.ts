// What a program consists of, as functions that make its objects.
import type { KubeObject } from '../../../kubernetes/object';

/** Makes an object, several, or none. */
export type Maker = () => KubeObject | readonly KubeObject[] | undefined;
