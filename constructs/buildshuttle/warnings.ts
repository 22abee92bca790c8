// What works as it is set, but that its user should know.
import { listOf } from '../common/lists';
import { isIP } from 'node:net';
import type { Warning } from '../../helm/check';
import { isTrue, plainText, text } from '../../helm/print';
import { NODE_ROLE } from './nodes';
import { tokenBackup, tokenSource } from './token';
import { isExternal, isRootless, modeOf, namesRegistry, secretNames, serviceImage, socketGroup, type BuildshuttleContext } from './names';

/** Each with the value that it is about. */
export function warnings(context: BuildshuttleContext): Warning[] {
  const { values } = context;
  const found: Warning[] = [];
  const warn = (path: string, message: string): void => void found.push({ path, message });
  const { image, auth, engine, host, ingress, networkPolicy, nodes } = values;
  if (!isTrue(values.global?.imageRegistry) && !namesRegistry(serviceImage(values)))
    warn(
      'image.repository',
      `${serviceImage(values)} names no registry: every node must have the image already; ` +
        `docs/buildshuttle.md has the two commands that build and push it`,
    );
  for (const [path, { tag, digest }] of [
    ['image', image],
    ['engine.image', engine.image],
  ] as const)
    if (text(tag) === 'latest' && !isTrue(digest)) warn(`${path}.tag`, 'latest is another image tomorrow: name a version, or a digest');
  if (tokenSource(values) === 'made')
    warn(
      'auth.token',
      `is not given, so a Job makes it in the cluster, once, in the Secret ${text(secretNames(context).auth)} ` +
        `of the namespace ${context.release.namespace}; ` +
        `a Secret that exists stays as it is. Save it: ${tokenBackup(context)}`,
    );
  if (auth.mode === 'none')
    warn(
      'auth.mode',
      `no token is asked for: every pod in ${listOf(networkPolicy.namespaces).map(text).join(', ')} may build, ` +
        `stop builds, and read their logs and sources`,
    );
  if (isTrue(ingress.enabled) && !isTrue(ingress.tlsSecret))
    warn('ingress.tlsSecret', 'is not given: token, sources and passwords of registries cross the network in the clear');
  switch (isExternal(values) ? 'externalWorker' : modeOf(values)) {
    case 'host': {
      warn('mode', "host: whoever gets at the node's Docker engine is root on the node; let trusted people build only");
      if (host.socketGroup === undefined)
        warn(
          'host.socketGroup',
          `is not given: ${socketGroup(values)} is taken; on the node, stat -c %g ${text(host.socketPath)} prints the right one`,
        );
      const role = plainText(nodes.role);
      if (isTrue(nodes.adviseTaint) && role !== undefined)
        warn(
          'nodes.role',
          `builds take what memory and CPU they want of the node; to keep other pods off: kubectl taint nodes -l ` +
            `${NODE_ROLE}=${role} ${NODE_ROLE}=${role}:NoSchedule`,
        );
      break;
    }
    case 'worker':
    case 'kubernetes':
      if (isRootless(values))
        warn(
          'engine.privileged',
          'false: the engine needs user namespaces of pods on its node (hostUsers: false); RUN steps share the network of the pod',
        );
      else
        warn('engine.privileged', 'true: the engine is root in a privileged container; a build that breaks out of it is root on the node');
      break;
    default:
      if (isTrue(engine.insecure))
        warn(
          'engine.insecure',
          `true: whoever reaches port ${text(engine.port ?? 2375)} of ${text(engine.host)} is root there, and ` +
            `passwords of registries cross the network in the clear`,
        );
      if (isTrue(networkPolicy.enabled) && isTrue(networkPolicy.egress.enabled) && isIP(text(engine.host)) === 0)
        warn('engine.host', `${text(engine.host)} is a name: when its address is a private one, networkPolicy.egress.allow must hold it`);
  }
  return found;
}
