// The command line: which command, and what becomes of its errors. Each command is loaded when it is called.
import { join } from 'node:path';
import { print } from './output';
import { reportError, UsageError } from './usage';

const USAGE = `usage: cdk8s-estafette COMMAND
  template RELEASE CHART   manifests of one release, from Helm values
  synth                    manifests of all releases in releases.yaml
  diff RELEASE CHART       what changes, against a manifest of before
  show WHAT CHART          values, schema, images, SQL or a picture
  status RELEASE CHART     what of a release on a cluster is not as it should be
  completion SHELL         makes bash, zsh or fish complete all of this
cdk8s-estafette COMMAND --help tells the flags.`;

const COMMANDS = ['template', 'synth', 'diff', 'show', 'status', 'completion'];

interface Runnable {
  run(argv: readonly string[]): void;
}

/** Commands that are in the bundle of another one. */
const SHARED: Readonly<Record<string, string>> = { completion: 'show', status: 'diff' };

function bundled(command: string): Runnable {
  const bundle = SHARED[command];
  if (bundle !== undefined) return (require(join(__dirname, `${bundle}.js`)) as Record<string, Runnable>)[command] as Runnable;
  return require(join(__dirname, `${command}.js`)) as Runnable;
}

function dispatch([command, ...argv]: readonly string[]): void {
  if (command === undefined || command === '--help' || command === '-h' || command === 'help') {
    print(`${USAGE}\n`);
    return;
  }
  if (command === '--version') {
    print(`${(require(join(__dirname, '..', '..', 'package.json')) as { version: string }).version}\n`);
    return;
  }
  if (!COMMANDS.includes(command)) throw new UsageError(`there is no command "${command}"\n${USAGE}`);
  bundled(command).run(argv);
}

try {
  dispatch(process.argv.slice(2));
} catch (error) {
  reportError(error);
}
