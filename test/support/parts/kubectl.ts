// Runs kubectl against one server, with the version that the server has.
import { spawn } from 'node:child_process';
import { eventually } from './eventually';

export interface KubectlResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param input text on stdin */
export type Kubectl = (args: readonly string[], input?: string) => Promise<KubectlResult>;

export function kubectlWith(program: string, kubeconfig: string): Kubectl {
  return (args, input = '') =>
    new Promise((resolve, reject) => {
      const child = spawn(program, ['--kubeconfig', kubeconfig, ...args], {
        env: { ...process.env, HOME: '/nonexistent', KUBECTL_KUBERC: 'false' },
      });
      const output = { stdout: '', stderr: '' };
      child.stdout.on('data', (data: Buffer) => {
        output.stdout += data.toString();
      });
      child.stderr.on('data', (data: Buffer) => {
        output.stderr += data.toString();
      });
      child.stdin.on('error', () => child.kill());
      child.once('error', reject);
      child.once('close', (status) => resolve({ status, ...output }));
      child.stdin.end(input);
    });
}

/** @throws Error with what kubectl printed when it fails */
export async function succeed(result: Promise<KubectlResult>): Promise<string> {
  const { status, stdout, stderr } = await result;
  if (status !== 0) throw new Error(`kubectl: exit code ${status}\n${stdout}${stderr}`);
  return stdout;
}

/** Makes CustomResourceDefinitions, and waits until the server serves them. `kubectl wait` gives up on one that has no conditions yet. */
export async function define(kubectl: Kubectl, definitions: string): Promise<void> {
  await succeed(kubectl(['apply', '--server-side', '-f', '-'], definitions));
  const established = (): Promise<string> =>
    succeed(kubectl(['get', 'crd', '-o', 'jsonpath={range .items[*]}[{.status.conditions[?(@.type=="Established")].status}]{end}']));
  await eventually(established, (answer) => /^(\[True\])+$/.test(answer), 30);
}
