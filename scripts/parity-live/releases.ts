// The releases whose charts are proven.
import { DEVSTATS_SECRETS } from '../support/devstats-secrets';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RenderOptions } from '../../cli/render';
import { readYaml } from '../../helm/yaml/read';
import { root } from '../support/places';

export interface LiveRelease {
  readonly name: string;
  readonly options: RenderOptions;
  readonly live: readonly string[];
  /** Of the random combinations that are asked for, which part is tried. @default all */
  readonly share?: number;
}

type Values = Record<string, unknown>;
const example = (file: string): Values => readYaml(readFileSync(join(root, 'examples', file), 'utf8'), file) as Values;

export const liveReleases = (): readonly LiveRelease[] => [
  {
    name: 'buildshuttle',
    options: { release: 'buildshuttle', chart: 'buildshuttle', namespace: 'buildshuttle', values: [{}] },
    live: ['.'],
  },
  {
    name: 'buildshuttle-elsewhere',
    options: { release: 'shuttle', chart: 'buildshuttle', namespace: 'builds', values: [{}] },
    live: ['.'],
    // The same chart by another name.
    share: 0.04,
  },
  { name: 'devstats', options: { release: 'devstats', chart: 'devstats', namespace: 'devstats', values: [DEVSTATS_SECRETS] }, live: ['.'] },
  {
    name: 'estafette-ci',
    options: { release: 'estafette-ci', chart: 'estafette-ci', namespace: 'estafette-ci', values: [{}] },
    live: ['.'],
  },
  {
    name: 'estafette-ci-production',
    options: {
      release: 'estafette-ci',
      chart: 'estafette-ci',
      namespace: 'estafette-ci',
      values: [example('estafette-ci/ha.yaml'), example('estafette-ci/resources.yaml')],
    },
    live: ['.'],
  },
];
