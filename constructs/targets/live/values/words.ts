// Words that charts compare texts with, and lists with more in their items than a name: marks are none of these.
import type { Leaf } from './leaves';
import { TEXTS, type Shape } from './marks';

/** What a text may choose by being that word, though its schema tells of no choices. */
export const WORDS = [
  'none',
  'None',
  'full',
  'memory',
  'mem',
  'soft',
  'hard',
  'txt',
  'host',
  'text',
  'latest',
  'default',
  'Recreate',
  'Parallel',
  'ClusterIP',
  'ClusterIssuer',
  'Never',
] as const;

/** A text that is something else when it is read without quotes. */
export const TYPED = 'true';

const ITEMS = [
  { name: 'one', key: 'two', value: 'three', mountPath: '/four', topologyKey: 'five', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' },
];

/** What to try on a value beside marks, each time one for all values that may be that. Names that are the same would make one object. */
export const TRIALS: readonly ((leaf: Leaf, shape: Shape) => unknown)[] = [
  ...[...WORDS, TYPED].map((word) => (_: Leaf, shape: Shape) => (TEXTS.includes(shape) && shape !== 'name' ? word : undefined)),
  (_, shape) => (shape === 'names' ? ITEMS : undefined),
  // A mark is a large number, and a small one may decide something.
  (_, shape) => (shape === 'number' ? 1 : undefined),
  (_, shape) => (shape === 'number' ? 2 : undefined),
];
