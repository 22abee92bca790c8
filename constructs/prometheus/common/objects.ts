// What a program consists of, as functions that make its objects.
import type { Making } from '../../common/chart';

/** Makes an object, several, or none. @throws ValuesError */
export type Maker = () => Making;
