// Loads what makes the objects when they are asked for: cdk8s-plus-27 is large, and no other chart needs it.
import type { Placed } from '../common/chart';
import type { BuildshuttleContext } from './names';

/** @throws Error that says what to install when cdk8s-plus-27 is not there */
export function madeOf(context: BuildshuttleContext): Placed[] {
  let loaded: typeof import('./objects');
  try {
    loaded = require('./objects') as typeof import('./objects');
  } catch (error) {
    if (!/cdk8s-plus-27/.test(String(error))) throw error;
    throw new Error('the chart buildshuttle needs cdk8s-plus-27: npm install cdk8s-plus-27', { cause: error });
  }
  return loaded.objectsOf(context);
}
