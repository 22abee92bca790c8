// Grafana of a project: Deployment and Service.
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Probe, Service } from 'kubernetes-types/core/v1';
import { plain, plainText } from '../../helm/print';
import { podTemplate } from '../common/pod';
import { appNodes, commandOf, replicasOf, resourcesOf } from './container';
import { bare, fromSecret } from './environment';
import { labels, projectName, type DevStatsContext } from './names';
import type { Project, Settings } from './values';

const portOf = ({ grafanaPort }: Settings): number => Number(plain(grafanaPort));

/** The image brings the program; it asks Grafana at the port that Grafana listens on. */
const probe = (values: Settings, initialDelaySeconds: number): Probe => ({
  exec: { command: ['grafana_health_check.sh', `127.0.0.1:${portOf(values)}`] },
  initialDelaySeconds,
  periodSeconds: 30,
});

export function grafanaDeployment({ values }: DevStatsContext, project: Project) {
  const name = projectName(values.grafanaPodName, project);
  const selector = labels('grafana', project.proj);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels: selector },
    spec: {
      replicas: replicasOf(values.grafanaNReplicas),
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: amount(values.grafanaMaxSurge), maxUnavailable: amount(values.grafanaMaxUnavailable) },
      },
      selector: { matchLabels: selector },
      template: podTemplate(
        { labels: selector },
        {
          restartPolicy: plainText(values.grafanaRestartPolicy),
          containers: [
            {
              name,
              image: plainText(values.grafanaImage),
              imagePullPolicy: plainText(values.imagePullPolicy),
              ...commandOf(values.grafanaCommand, values.grafanaCommandArgs),
              env: [
                bare('ICON', project.icon),
                bare('ORGNAME', project.org),
                bare('PROJ', project.proj),
                bare('PG_DB', project.db),
                fromSecret(values, 'PG_HOST', 'pg', 'PG_HOST_RO'),
                fromSecret(values, 'PG_PORT', 'pg', 'PG_PORT'),
                fromSecret(values, 'PG_PASS', 'pg', 'PG_PASS_RO'),
                ...['GF_SECURITY_ADMIN_USER', 'GF_SECURITY_ADMIN_PASSWORD'].map((key) => fromSecret(values, key, 'grafana', key)),
              ],
              ports: [{ containerPort: portOf(values) }],
              livenessProbe: probe(values, 60),
              readinessProbe: probe(values, 10),
              resources: resourcesOf(values, 'Grafanas'),
            },
          ],
          nodeSelector: appNodes(values),
        },
      ),
    },
  } satisfies Deployment;
}

/** A number of pods, or a share of them. */
function amount(value: unknown): number | string | undefined {
  const printed = plain(value);
  return typeof printed === 'boolean' ? String(printed) : printed;
}

export function grafanaService({ values }: DevStatsContext, project: Project) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: projectName(values.servicePodName, project), labels: labels('service', project.proj) },
    spec: { ports: [{ port: 80, targetPort: portOf(values), protocol: 'TCP' }], selector: labels('grafana', project.proj) },
  } satisfies Service;
}
