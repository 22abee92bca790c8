// The script that initializes the cluster, and the SQL that makes settings, users and databases.
import { isTrue, text } from '../../helm/print';
import { certificateOption as access, firstNodeOption as hostOf } from './access';
import {
  backupOptionsVariable,
  initializesCluster,
  isQuotedAlready,
  locationVariable,
  settingVariable,
  userVariable,
  withheldOptions,
} from './provisioning';
import { provisioningStatements, type ProvisioningSlots } from './provisioning-statements';
import { isWithheld } from '../common/withheld';
import { quotable } from './sql';
import type { CockroachDbContext, Database, User } from './values';

const indent = (lines: readonly string[], depth = 1): string[] => lines.map((line) => `${'  '.repeat(depth)}${line}`);

/**
 * The nodes come up after this Job, so it asks them again and again; Kubernetes' own
 * way of starting failed pods anew would soon wait for minutes.
 */
function initialize(context: CockroachDbContext): string[] {
  const name = context.values.conf['cluster-name'];
  const options = [access(context), ...(isTrue(name) ? [`--cluster-name=${text(name)}`] : []), hostOf(context)];
  const call = ['/cockroach/cockroach init', ...indent(options)].join(' \\\n').split('\n');
  return [
    'initCluster() {',
    ...indent([
      'while true; do',
      ...indent([
        'local output=$(',
        ...indent(['set -x;', ...call]),
        '2>&1);',
        'local exitCode="$?";',
        'echo $output;',
        'if [[ "$exitCode" == "0" || "$output" == *"cluster has already been initialized"* ]]',
        ...indent(['then break;']),
        'fi',
        'sleep 5;',
      ]),
      'done',
    ]),
    '}',
  ];
}

/** Literals that the shell fills in from its environment. A quote in one would end it, so it is doubled on the way. */
class ShellSlots implements ProvisioningSlots {
  private readonly expansions: string[] = [];

  constructor(private readonly context: CockroachDbContext) {}

  password(user: User, index: number): string {
    return this.slot(userVariable(user, index), isTrue(user.existingSecret) ? undefined : text(user.password));
  }

  setting(name: string): string {
    return this.slot(settingVariable(name), text(this.context.values.init.provisioning.clusterSettings?.[name]));
  }

  /** One that shows a login comes from the Secret, like a password, where the manifests hold none. */
  location({ backup }: Database, index: number): string | undefined {
    return isWithheld(backup?.into) ? this.slot(locationVariable(index), text(backup?.into)) : undefined;
  }

  /** So do options of which one is a passphrase. */
  backupOptions(database: Database, index: number): string | undefined {
    return withheldOptions(database) === undefined ? undefined : this.mark(`$${backupOptionsVariable(index)}`);
  }

  /** Puts the expansions in the place of their marks, which no value holds. */
  fill(line: string): string {
    return line.replaceAll(/\u{e000}(\d+)\u{e000}/gu, (_, index: string) => this.expansions[Number(index)] ?? '');
  }

  /** Whether a value needs what the published script does not have. */
  get doublesQuotes(): boolean {
    return this.expansions.some((expansion) => expansion.includes('$quote'));
  }

  /** @param value undefined for one that nobody knows here */
  private slot(variable: string, value: string | undefined): string {
    const mayHaveQuotes = value === undefined || isWithheld(value) || (value.includes("'") && !isQuotedAlready(value));
    return `'${this.mark(mayHaveQuotes ? `\${${variable}//$quote/$quote$quote}` : `$${variable}`)}'`;
  }

  private mark(expansion: string): string {
    this.expansions.push(expansion);
    return `\u{e000}${this.expansions.length - 1}\u{e000}`;
  }
}

function provision(context: CockroachDbContext): string[] {
  const shell = new ShellSlots(context);
  const statements = provisioningStatements(context, shell)
    .flat()
    .map((line) => shell.fill(quotable(line)));
  return [
    ...(shell.doublesQuotes ? [`quote="'";`] : []),
    'provisionCluster() {',
    ...indent([
      'while true; do',
      ...indent([
        '/cockroach/cockroach sql \\',
        ...indent([`${access(context)} \\`, `${hostOf(context)} \\`, '--execute="', ...indent(statements), '"']),
        '&>/dev/null;',
        'local exitCode="$?";',
        'if [[ "$exitCode" == "0" ]]',
        ...indent(['then break;']),
        'fi',
        'sleep 5;',
      ]),
      'done',
      'echo "Provisioning completed successfully";',
    ]),
    '}',
  ];
}

/** The script of the Job: initialize, provision, or both. */
export function initScript(context: CockroachDbContext): string {
  const parts = [
    ...(initializesCluster(context) ? [[...initialize(context), 'initCluster;'].join('\n')] : []),
    ...(context.values.init.provisioning.enabled ? [[...provision(context), 'provisionCluster;'].join('\n')] : []),
  ];
  return parts.join(' ');
}
