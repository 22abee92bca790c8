// Ports and whole numbers, given as a number or as its text.
import { text } from '../../helm/print';

/** A leading zero would be no number of JSON. */
export const isPort = (value: unknown): boolean => /^[1-9]\d*$/.test(text(value)) && Number(value) >= 1 && Number(value) <= 65_535;

export const notAPort = (value: unknown): string => `must be a port, from 1 to 65535, not ${JSON.stringify(text(value))}`;

/** Text that is a whole number from 0, as YAML and JSON readers agree on it. */
export const isWholeText = (text: string): boolean => /^(0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text));
