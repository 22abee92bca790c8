// The command line: which command, and what becomes of its errors. Each command is loaded when it is called.
import { join } from 'node:path';
import { print } from './output';
import { reportError, UsageError } from './usage';

const USAGE = `usage: cdk8s-estafette COMMAND
  template RELEASE CHART   manifests of one release, from Helm values
  synth                    manifests of all releases in releases.yaml
  diff RELEASE CHART       what changes, against a manifest of before
  show WHAT CHART          values, schema, images, SQL or a picture
  completion SHELL         makes bash, zsh or fish complete all of this
cdk8s-estafette COMMAND --help tells the flags.`;

const COMMANDS = ['template', 'synth', 'diff', 'show', 'completion'];

interface Runnable {
  run(argv: readonly string[]): void;
}

/** Each command has a bundle of its own, but for one that shares that of `show`. */
function bundled(command: string): Runnable {
  if (command === 'completion') return (require(join(__dirname, 'show.js')) as { completion: Runnable }).completion;
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
