// Flags of the scripts behind `npm run`.
import { parseArgs, type ParseArgsConfig } from 'node:util';

/** What a script is told by somebody who calls it in another way than it can be called. */
export const WRONG_CALL = 2;

/**
 * The flags of a script, which ends where it is asked how it is called, or is called in another way: that is said in one sentence.
 * @param usage how it is called; --help prints it
 */
export function flagsOf<C extends ParseArgsConfig>(usage: string, config: C): ReturnType<typeof parseArgs<C>> {
  try {
    const { args = process.argv.slice(2) } = config;
    if (args.includes('--help')) end(usage, 0);
    return parseArgs(config);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (!code.startsWith('ERR_PARSE_ARGS')) throw error;
    return wrongCall(message.split(/\.\s/)[0] ?? message, usage);
  }
}

/** Ends a script that cannot be called so. @param sentence what is wrong */
export const wrongCall = (sentence: string, usage: string): never => end(`${sentence}\n${usage}`, WRONG_CALL);

function end(text: string, code: number): never {
  (code ? console.error : console.log)(text);
  process.exit(code);
}
