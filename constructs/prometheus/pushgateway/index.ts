// Pushgateway.
import type { Container, Probe } from 'kubernetes-types/core/v1';
import { isTrue, text } from '../../../helm/print';
import type { Table } from '../../../helm/schema';
import { clusterRole, clusterRoleBinding, makesRoles, serviceAccount } from '../common/access';
import { containerNameOf } from '../common/identity';
import { ingress } from '../common/ingress';
import { need } from '../../common/checks';
import { refuse } from '../common/need';
import type { Maker } from '../common/objects';
import { disruptionBudget, fromServer, networkPolicy, verticalAutoscaler } from '../common/policies';
import { sortedEntries } from '../common/print';
import { service, servicePort } from '../common/service';
import { claim, claimedVolume, DATA } from '../common/storage';
import { deployment, imageOf, podOf } from '../common/workload';
import type { PrometheusContext } from '../values';

const KEY = 'pushgateway';
const PORT = 9091;

export function pushgateway(context: PrometheusContext): Maker[] {
  const own = context.values.pushgateway;
  // Claim and budget do not ask whether the program is wanted.
  const always = [() => disruptionBudget(context, KEY), () => claim(context, KEY, own.persistentVolume)];
  if (!own.enabled) return always;
  return [
    () => networkPolicy(context, KEY, [fromServer(context), { ports: [{ port: PORT }] }]),
    () => serviceAccount(context, KEY),
    () => (makesRoles(context) ? [clusterRole(context, KEY, []), clusterRoleBinding(context, KEY)] : undefined),
    ...always,
    () => mainService(context),
    () => workload(context),
    () => verticalAutoscaler(context, KEY, need(own.verticalAutoscaler, KEY, 'verticalAutoscaler'), 'Deployment'),
    () => ingress(context, KEY),
  ];
}

function mainService(context: PrometheusContext) {
  const own = need(context.values.pushgateway.service, KEY, 'service');
  return service(context, KEY, own, [servicePort({ name: 'http', port: own.servicePort, targetPort: PORT })]);
}

function workload(context: PrometheusContext) {
  const own = context.values.pushgateway;
  const volumes = own.persistentVolume.enabled ? [claimedVolume(context, KEY, own.persistentVolume)] : [];
  // The chart documents a scheduler and never asks for it.
  return deployment(
    context,
    KEY,
    own,
    podOf(context, KEY, { ...own, schedulerName: undefined }, { containers: [gateway(context)], volumes }),
  );
}

function gateway(context: PrometheusContext): Container {
  const own = context.values.pushgateway;
  const { persistentVolume: volume } = own;
  const args = argumentsOf(own.extraArgs);
  const prefix = args['web.route-prefix'];
  const probe = (page: string): Probe => ({
    httpGet: { path: `${isTrue(prefix) ? `/${text(prefix)}` : ''}/-/${page}`, port: PORT },
    initialDelaySeconds: 10,
    timeoutSeconds: 10,
  });
  return {
    name: containerNameOf(context, KEY),
    ...imageOf(need(own.image, KEY, 'image')),
    args: sortedEntries(args).map(([name, value]) => (text(value) === 'true' ? `--${name}` : `--${name}=${text(value)}`)),
    ports: [{ containerPort: PORT }],
    livenessProbe: probe('healthy'),
    readinessProbe: probe('ready'),
    resources: own.resources,
    volumeMounts: volume.enabled ? [{ name: DATA, mountPath: text(volume.mountPath), subPath: text(volume.subPath) }] : [],
  };
}

function argumentsOf(given: Table | undefined): Table {
  if (given === undefined || Array.isArray(given)) {
    refuse([KEY, 'extraArgs'], 'must be a map: web.route-prefix is looked for in it; leave the key out to have no arguments');
  }
  return given;
}
