// What a server refuses, or what hurts, when the new side is applied over the old one; each with its way out.
import { referenceTo } from '../objects';
import { autoscaled } from './autoscaler';
import { databaseVersion } from './database';
import type { Change, Finding, Found, Upgrade } from './finding';
import { immutable } from './immutable';
import { leftoverChoice } from './leftover';
import { scaledDown } from './scale';
import { leftoverStrategy } from './strategy';

const RULES: readonly ((change: Change, upgrade: Upgrade) => readonly Found[])[] = [
  immutable,
  leftoverStrategy,
  leftoverChoice,
  databaseVersion,
  scaledDown,
  autoscaled,
];

export const findings = (upgrade: Upgrade): Finding[] =>
  upgrade.all.flatMap((change) =>
    RULES.flatMap((rule) => rule(change, upgrade).map((found) => ({ ...referenceTo(change.after), ...found }))),
  );
