// What is wrong with values beyond their kinds: what a server refuses, what cannot work, and what would be open to everybody.
import type { Issue } from '../../../helm/check';
import type { BuildshuttleContext } from '../names';
import { accessIssues } from './access';
import { amountIssues } from './amounts';
import { engineIssues } from './engine';
import { nameIssues } from './names';
import { networkIssues } from './network';
import { storageIssues } from './storage';

/** All mistakes at once; each message says how to mend it, and shows no secret. */
export const issues = (context: BuildshuttleContext): Issue[] => [
  ...nameIssues(context),
  ...amountIssues(context.values),
  ...accessIssues(context.values),
  ...engineIssues(context),
  ...storageIssues(context.values),
  ...networkIssues(context.values),
];
