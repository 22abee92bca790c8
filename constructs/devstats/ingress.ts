// The Ingress: one host a project, one certificate for all.
import type { Ingress, IngressRule } from 'kubernetes-types/networking/v1';
import { isTrue, plainText, text } from '../../helm/print';
import { annotations } from '../common/metadata';
import { labels, projectName, type DevStatsContext } from './names';
import { selectedProjects } from './ranges';
import type { Project, Settings } from './values';

function rule({ servicePodName }: Settings, host: string, project: Project): IngressRule {
  return { host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: projectName(servicePodName, project), port: { number: 80 } } } }] } };
}

/** An issuer of the user's own goes into what cert-manager reads today; without one the published annotations stay as they are. */
function certificateAnnotations({ ingressIssuer, ingressIssuerKind }: Settings): Record<string, string> {
  if (!isTrue(ingressIssuer)) return { 'certmanager.k8s.io/issuer': 'letsencrypt-prod', 'certmanager.k8s.io/acme-challenge-type': 'http01' };
  return { [ingressIssuerKind === 'ClusterIssuer' ? 'cert-manager.io/cluster-issuer' : 'cert-manager.io/issuer']: text(ingressIssuer) };
}

export function ingress({ values }: DevStatsContext) {
  const className = plainText(values.ingressClass);
  const domain = text(values.domainName);
  const projects = selectedProjects(values, 'Ingresses').map(({ project }) => ({ project, host: `${text(project.proj)}.${domain}` }));
  return {
    apiVersion: 'networking.k8s.io/v1', kind: 'Ingress',
    metadata: {
      name: 'devstats-ingress', labels: labels('ingress'),
      ...annotations(
        { 'kubernetes.io/ingress.class': className }, certificateAnnotations(values),
        isTrue(values.ingressHttpsOnly) ? { 'nginx.ingress.kubernetes.io/ssl-redirect': 'true', 'nginx.ingress.kubernetes.io/force-ssl-redirect': 'true' } : {},
        values.ingressAnnotations,
      ),
    },
    spec: {
      ...(className === undefined ? {} : { ingressClassName: className }),
      tls: [{ hosts: [domain, ...projects.map(({ host }) => host)], secretName: text(values.ingressTlsSecret) }],
      rules: [rule(values, domain, { proj: values.mainProject }), ...projects.map(({ project, host }) => rule(values, host, project))],
    },
  } satisfies Ingress;
}
