// Paths of files that are written.
import { isAbsolute, normalize } from 'node:path';

/** Whether a path stays below the folder that it is relative to. */
export const staysInside = (path: string): boolean => path !== '' && !isAbsolute(path) && !normalize(path).split(/[\\/]/).includes('..');
