// Ports, given as a number or as its text.
import { text } from '../../helm/print';

export const isPort = (value: unknown): boolean => /^\d+$/.test(text(value)) && Number(value) >= 1 && Number(value) <= 65_535;

export const notAPort = (value: unknown): string => `must be a port, from 1 to 65535, not ${JSON.stringify(text(value))}`;
