// The Ingress: one host a project, and certificates for all of them.
import type { Ingress, IngressRule, IngressTLS } from 'kubernetes-types/networking/v1';
import { isTrue, plainText, text } from '../../helm/print';
import { annotations } from '../common/metadata';
import { labels, projectName, type DevStatsContext } from './names';
import { selectedProjects } from './ranges';
import type { Project, Settings } from './values';

function rule({ servicePodName }: Settings, host: string, project: Project): IngressRule {
  return {
    host,
    http: {
      paths: [
        { path: '/', pathType: 'Prefix', backend: { service: { name: projectName(servicePodName, project), port: { number: 80 } } } },
      ],
    },
  };
}

/** An issuer of the user's own goes into what cert-manager reads today; without one the published annotations stay as they are. */
function certificateAnnotations({ ingressIssuer, ingressIssuerKind }: Settings): Record<string, string> {
  if (!isTrue(ingressIssuer))
    return { 'certmanager.k8s.io/issuer': 'letsencrypt-prod', 'certmanager.k8s.io/acme-challenge-type': 'http01' };
  return { [ingressIssuerKind === 'ClusterIssuer' ? 'cert-manager.io/cluster-issuer' : 'cert-manager.io/issuer']: text(ingressIssuer) };
}

/** The class as it was named before there was a field for it. */
export const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

/** Let's Encrypt puts no more names into a certificate. */
const HOSTS_OF_A_CERTIFICATE = 100;

/** As many certificates as the hosts need; the first one's Secret has the plain name. */
function certificates(hosts: readonly string[], secret: string): IngressTLS[] {
  const count = Math.ceil(hosts.length / HOSTS_OF_A_CERTIFICATE);
  return Array.from({ length: count }, (_, index) => ({
    hosts: hosts.slice(index * HOSTS_OF_A_CERTIFICATE, (index + 1) * HOSTS_OF_A_CERTIFICATE),
    secretName: index === 0 || secret === '' ? secret : `${secret}-${index + 1}`,
  }));
}

export function ingress({ values }: DevStatsContext) {
  const className = plainText(values.ingressClass);
  const domain = text(values.domainName);
  const projects = selectedProjects(values, 'Ingresses').map(({ project }) => ({ project, host: `${text(project.proj)}.${domain}` }));
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: 'devstats-ingress',
      labels: labels('ingress'),
      // In one map, so that a null takes one of ours away.
      ...annotations({
        [CLASS_ANNOTATION]: className,
        ...certificateAnnotations(values),
        ...(isTrue(values.ingressHttpsOnly)
          ? { 'nginx.ingress.kubernetes.io/ssl-redirect': 'true', 'nginx.ingress.kubernetes.io/force-ssl-redirect': 'true' }
          : {}),
        ...values.ingressAnnotations,
      }),
    },
    spec: {
      ...(className === undefined ? {} : { ingressClassName: className }),
      tls: certificates([domain, ...projects.map(({ host }) => host)], text(values.ingressTlsSecret)),
      rules: [rule(values, domain, { proj: values.mainProject }), ...projects.map(({ project, host }) => rule(values, host, project))],
    },
  } satisfies Ingress;
}
