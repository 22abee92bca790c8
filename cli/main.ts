// The command line: which command, and what becomes of its errors. Each command is loaded when it is called.
import { version } from '../package.json';
import { print } from './output';
import { reportError, UsageError } from './usage';

const USAGE = `usage: cdk8s-estafette COMMAND
  template RELEASE CHART   manifests of one release, from Helm values
  synth                    manifests of all releases in releases.yaml
  diff RELEASE CHART       what changes, against a manifest of before
  show WHAT CHART          values, schema, images, SQL or a picture
  takeover RELEASE CHART   takes a release out of Helm's hands, or gives it back
  status RELEASE CHART     what of a release on a cluster is not as it should be
  plugin generate          what Argo CD runs as a config management plugin
  completion SHELL         makes bash, zsh or fish complete all of this
cdk8s-estafette COMMAND --help tells the flags.`;

type Loaders = Readonly<Record<string, () => Runnable>>;
interface Runnable {
  readonly FLAGS: Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>;
  run(argv: readonly string[], commands: Loaders): void;
}

/** Each command has a bundle of its own, but for those that share one. */
const COMMANDS: Loaders = {
  template: () => require('./template') as Runnable,
  synth: () => require('./synth') as Runnable,
  diff: () => require('./diff') as Runnable,
  show: () => require('./show') as Runnable,
  takeover: () => (require('./diff') as { takeover: Runnable }).takeover,
  status: () => (require('./diff') as { status: Runnable }).status,
  plugin: () => (require('./diff') as { plugin: Runnable }).plugin,
  completion: () => (require('./show') as { completion: Runnable }).completion,
};

function dispatch([command, ...argv]: readonly string[]): void {
  if (command === undefined || command === '--help' || command === '-h' || command === 'help') {
    print(`${USAGE}\n`);
    return;
  }
  if (command === '--version') {
    print(`${version}\n`);
    return;
  }
  const load = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (!load) throw new UsageError(`there is no command "${command}"\n${USAGE}`);
  load().run(argv, COMMANDS);
}

try {
  dispatch(process.argv.slice(2));
} catch (error) {
  reportError(error);
}
