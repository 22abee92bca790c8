// The releases whose charts are proven.
import { DEVSTATS_SECRETS } from '../support/devstats-secrets';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RenderOptions } from '../../cli/render';
import { CHART_NAMES, type ChartName } from '../../constructs/charts';
import { readYaml } from '../../helm/yaml/read';
import { casesOf } from '../../test/support/cases';
import { root } from '../support/places';

export interface LiveRelease {
  readonly name: string;
  readonly options: RenderOptions;
  readonly live: readonly string[];
  /** Of the random combinations that are asked for, which part is tried. @default all */
  readonly share?: number;
  /** Single values and combinations that are tried at most, and no other names. @default as many as are asked for */
  readonly most?: number;
}

/** Other values that a chart is held against, of each kind, where there are many charts. */
const FEW = 8;
const MANY = 60;

/** The values files that people have, as releases: in most of them, some value is another one than when the chart was learned. */
const cases = (): readonly LiveRelease[] =>
  CHART_NAMES.flatMap((chart) =>
    casesOf(chart)
      .filter(({ name }) => !/\bdefaults$/.test(name))
      .map(({ name, values, apiVersions }) => ({
        name: `${chart} ${name}`,
        options: {
          release: chart,
          chart,
          namespace: chart,
          values: chart === 'devstats' ? [DEVSTATS_SECRETS, ...values] : values,
          ...(apiVersions ? { apiVersions } : {}),
        },
        live: [],
        most: FEW,
      })),
  );

/** Those that are written for another version of Kubernetes or with a list of their own, or in which a person chose what is live. */
const chosen = (): readonly LiveRelease[] => [
  one('estafette-ci', 'kubernetes 1.24', { kubeVersion: '1.24' }),
  one('buildshuttle', 'kubernetes 1.24', { kubeVersion: '1.24', values: [{ mode: 'host' }] }),
  one('estafette-ci', 'live api', {}, ['api', 'web.image']),
  one('buildshuttle', 'live image', {}, ['image', 'ingress']),
  one('estafette-ci', 'fixed metrics', { fix: ['metrics', 'api.image.tag', 'db.statefulset'] }),
  one('devstats', 'fixed projects', { fix: ['projects', 'skipTemp'] }),
  one('devstats', 'projects of its own', { values: [DEVSTATS_SECRETS, { projects: PROJECTS }] }, []),
];

/** Others than those by default, with texts that YAML and templates read in a way of their own, and numbers. */
const PROJECTS = [
  {
    proj: 'plain-with-many-letters',
    db: 'allplain',
    icon: 'square',
    org: 'The Plain',
    repo: 'plain/plain',
    cron: '3 * * * *',
    disk: '7Gi',
  },
  { proj: 'odd', db: '123', icon: 'on', org: 'a: "b" \\ # c', repo: '{{ .Values.skipTemp }}', cron: '59 0-23/2 * * *', disk: '1.5Ti' },
  { proj: 'numbers', db: 7, icon: 1000, org: 'Ünï — ☃' },
].map((project) => ({ disk: 9, cron: '0 0 * * 1', repo: '', ...project }));

function one(chart: ChartName, name: string, options: Partial<RenderOptions>, live: readonly string[] = ['.']): LiveRelease {
  const values = chart === 'devstats' ? [DEVSTATS_SECRETS] : [{}];
  return { name: `${chart} ${name}`, options: { release: chart, chart, namespace: chart, values, ...options }, live, most: FEW };
}

/** Those whose secrets are elsewhere. */
const withoutSecrets = (): readonly LiveRelease[] =>
  CHART_NAMES.flatMap((chart) =>
    ['omit', 'externalSecrets'].map((mode) => ({
      name: `${chart} ${mode}`,
      options: {
        release: chart,
        chart,
        namespace: chart,
        values: [
          ...(chart === 'devstats' ? [DEVSTATS_SECRETS] : []),
          { secrets: { mode, ...(mode === 'omit' ? {} : { externalSecrets: { store: { name: 'vault' } } }) } },
        ],
      },
      live: [],
      most: MANY,
    })),
  );

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
  {
    name: 'buildshuttle-kubernetes',
    options: { release: 'builds', chart: 'buildshuttle', namespace: 'builds', values: [{ mode: 'kubernetes', s3: { bucket: 'sources' } }] },
    live: [],
    most: MANY,
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
    // Mostly what the release before it is.
    share: 0.2,
  },
  ...withoutSecrets(),
  ...chosen(),
  ...cases(),
];
