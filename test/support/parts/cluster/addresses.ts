// The network of one cluster, all of it inside 10.N.0.0/16.

export interface Addresses {
  readonly network: string;
  /** Where machines are: the control plane, the nodes and this one; no pods. */
  readonly machines: string;
  /** The API server's, and the bridge's that everything hangs on. */
  readonly controlPlane: string;
  /** This machine's, for reaching nodes and pods. */
  readonly machine: string;
  readonly services: string;
  readonly dns: string;
  node(index: number): string;
  pods(index: number): string;
}

/** @param prefix "10.N" */
export function addresses(prefix: string): Addresses {
  return {
    network: `${prefix}.0.0/16`,
    machines: `${prefix}.0.0/24`,
    controlPlane: `${prefix}.0.1`,
    machine: `${prefix}.0.254`,
    services: `${prefix}.200.0/24`,
    dns: `${prefix}.200.10`,
    node: (index) => `${prefix}.0.${10 + index}`,
    pods: (index) => `${prefix}.${index}.0/24`,
  };
}
