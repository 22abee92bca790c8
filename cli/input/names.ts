// Names on the command line that become part of object names.
import { labelFault } from '../../kubernetes/names';
import { InputError } from '../usage';

/**
 * Lower case letters, digits and dashes. Helm takes up to 53 characters for a release, Kubernetes 63 for a namespace.
 * @throws InputError
 */
export function dnsName(what: string, name: string, length: number): string {
  const fault = labelFault(name, length);
  if (fault === undefined) return name;
  throw new InputError([`${what} "${name}" ${fault}`]);
}
