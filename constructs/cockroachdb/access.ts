// How clients in pods of the release reach the database.
import { integer } from '../../helm/print';
import { fullNameOf, publicNameOf } from './names';
import type { CockroachDbContext } from './values';

export const certificateOption = ({ values: { tls } }: CockroachDbContext): string =>
  tls.enabled ? '--certs-dir=/cockroach-certs/' : '--insecure';

/** The first node, which is there before any of them serves. */
export function firstNodeOption(context: CockroachDbContext): string {
  const name = fullNameOf(context);
  return `--host=${name}-0.${name}:${integer(context.values.service.ports.grpc.internal.port)}`;
}

/** Any node that serves. */
export const accessOptions = (context: CockroachDbContext): string[] => [
  certificateOption(context),
  `--host=${publicNameOf(context)}:${integer(context.values.service.ports.grpc.external.port)}`,
];
