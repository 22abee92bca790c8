// Estafette CI as one release: what the published umbrella chart installs.
import type { Construct } from 'constructs';
import { CertManager } from '../cert-manager';
import { CockroachDb } from '../cockroachdb';
import { checkValues, NULL_GROUP } from '../../helm/check';
import { mergeValues } from '../../helm/merge';
import { defaultsOf, type Fields, type Group } from '../../helm/schema';
import { WARNING, type Component, type ComponentProps } from '../common/component';
import { collectIssues, ReleaseChart, type ReleaseProps } from '../release/release-chart';
import { ExternalDns } from '../external-dns';
import { Nats } from '../nats';
import { Prometheus } from '../prometheus';
import { Api } from './api';
import { CronEventSender } from './cron-event-sender';
import { DbClient } from './db-client';
import { DbMigrator } from './db-migrator';
import { HangingJobCleaner } from './hanging-job-cleaner';
import { renamedWarnings } from './renamed';
import { estafetteValues, type EstafetteValues } from './values';
import { Web } from './web';

/** Components by their key in the values. */
const COMPONENTS = {
  api: Api,
  web: Web,
  'cron-event-sender': CronEventSender,
  'hanging-job-cleaner': HangingJobCleaner,
  'db-migrator': DbMigrator,
  'db-client': DbClient,
  db: CockroachDb,
  metrics: Prometheus,
  queue: Nats,
  'cert-manager': CertManager,
  'external-dns': ExternalDns,
} as const;
type ComponentKey = keyof typeof COMPONENTS;

type Plain = Record<string, unknown>;
/** What all component classes have in common, each for values of its own. */
type AnyComponent = new (scope: Construct, id: string, props: ComponentProps<Group<Fields>>) => Component<Group<Fields>>;

/** The published chart. */
export const estafetteChart = {
  name: 'estafette-ci',
  version: '1.5.14',
  appVersion: '1.5.14',
  description: 'Estafette CI with its database, queue and metrics',
};

export type EstafetteCiProps = ReleaseProps<EstafetteValues>;

/**
 * A release of Estafette CI.
 *
 *     new EstafetteCi(app, 'estafette-ci', { namespace: 'estafette-ci', values: { api: { baseHost: 'ci.example.com' } } });
 *
 * @throws ValuesError when values do not fit, all mistakes at once
 */
export class EstafetteCi extends ReleaseChart {
  protected override readonly facts = estafetteChart;

  constructor(scope: Construct, id: string, props: EstafetteCiProps = {}) {
    super(scope, id, props);
    const layers = Array.isArray(props.values) ? (props.values as Plain[]) : [(props.values ?? {}) as Plain];
    const user = mergeValues(layers);
    const { issues: found, warnings } = checkValues(estafetteValues, user, { unknown: props.unknownValues ?? 'error' });
    const defaults = defaultsOf(estafetteValues, { release: this.release.name, namespace: this.release.namespace });
    // As in Helm, a component whose switch is null is on.
    const isOff = (key: string): boolean =>
      ({ ...(defaults[key] as Plain | undefined), ...(user[key] as Plain | null | undefined) }).enabled === false;
    // Nothing reads the groups of a component that is off.
    const issues = found.filter(({ path: [key, ...below], message }) => message !== NULL_GROUP || !below.length || !isOff(String(key)));
    for (const warning of warnings) this.node.addMetadata(WARNING, warning);
    if (issues.some((issue) => !issue.harmless)) collectIssues(issues, []);

    const release = { ...this.release, unknownValues: 'ignore' as const };
    const parts = (Object.keys(COMPONENTS) as ComponentKey[]).flatMap((key): [string, () => void][] => {
      const { enabled: _enabled, ...values } = mergeValues([defaults[key] as Plain, (user[key] ?? {}) as Plain]);
      if (isOff(key)) return [];
      const Part = COMPONENTS[key] as unknown as AnyComponent;
      return [[key, () => void new Part(this, key, { release, values, global: (user.global ?? undefined) as Plain | undefined })]];
    });
    collectIssues(issues, parts);
    collectIssues(this.nameIssues(), []);
    for (const warning of renamedWarnings(this)) this.node.addMetadata(WARNING, warning);
  }

  protected override notes(): string[] {
    const backup = this.node.children.find((part): part is Api => part instanceof Api)?.keyBackup;
    if (backup === undefined) return super.notes();
    return [
      ...super.notes(),
      '',
      'Keep the keys of the API server where they cannot get lost: without secretDecryptionKey nobody can read the secrets that Estafette stores.',
      'This saves them as a values file, which brings the same Secret back:',
      '',
      `  ${backup}`,
    ];
  }
}

export { estafetteValues, type EstafetteValues } from './values';
