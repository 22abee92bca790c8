// Names on the command line that become part of object names.
import { isDnsLabel } from '../../kubernetes/names';
import { InputError } from '../usage';

/** Lower case letters, digits and dashes. Helm takes up to 53 characters for a release, Kubernetes 63 for a namespace. @throws InputError */
export function dnsName(what: string, name: string, length: number): string {
  if (isDnsLabel(name, length)) return name;
  throw new InputError([
    `${what} "${name}" must be lower case letters, digits and dashes, begin and end with a letter or digit, and have at most ${length} characters`,
  ]);
}
