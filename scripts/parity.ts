// `npm run parity`: what compare.mjs beside the checkout says of our output for its cases; its flags --only TEXT and --max N are handed on.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { commandLine, compareScript, parityFolder, root } from './support/places';

if (!existsSync(compareScript))
  console.log(
    `parity skipped: ${parityFolder} is missing; put the project's shared folder (charts/, parity/) beside this checkout to run it`,
  );
else {
  const command = [process.execPath, commandLine, 'template'];
  const args = [compareScript, 'run', ...process.argv.slice(2), parityFolder, '--', ...command];
  const { stdout, status } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  process.stdout.write(stdout);
  const [, equal, all] = /^(\d+) of (\d+) cases equal/m.exec(stdout) ?? [];
  // The line that .ci/run adds up.
  if (equal !== undefined) console.log(`${equal} passed, ${Number(all) - Number(equal)} failed`);
  process.exitCode = status ?? 1;
}
