// Values of the API server.
import type { Context } from '../../common/context';
import { any, flag, group, items, list, table, text, type DefaultContext, type Values, type ValuesInput } from '../../../helm/schema';
import type { IngressBackend } from 'kubernetes-types/networking/v1';
import { keyJobValues } from '../../keys/values';
import { apiName, BUILT_IN, CLIENT_CERTIFICATE_MOUNT, clientCertificateVolume, webName } from '../common/neighbours';
import {
  autoscalingValues,
  deploymentValues,
  disruptionBudgetValues,
  environment,
  extensiblePodValues,
  extrasValues,
  imagePullSecrets,
  imageValues,
  loggingValues,
  namingValues,
  proxyValues,
  publishedSecurityContext,
  serviceAccountValues,
  serviceValues,
  textTable,
} from '../common/values';
import { defaultConfig } from './default-config';

const ingressPath = {
  path: text(undefined, 'Path of the request.'),
  pathType: text(undefined, 'How the path is matched: Prefix, Exact or ImplementationSpecific.'),
  backend: any<IngressBackend>(undefined, 'Where requests go.', { type: 'IngressBackend' }),
};

const toService = (name: string, ...paths: readonly string[]) =>
  paths.map((path): Values<typeof pathGroup> => ({ path, pathType: 'Prefix', backend: { service: { name, port: { name: 'http' } } } }));
const pathGroup = group(ingressPath);

/** One Ingress: for a host, the paths that it serves. */
const ingressValues = (hostValue: string, doc: string, paths: (context: DefaultContext) => readonly Values<typeof pathGroup>[]) =>
  group(
    {
      enabled: flag(true, `Makes the Ingress ${doc}.`),
      annotations: textTable('Annotations of the Ingress.'),
      ingressClassName: text(undefined, 'Class of the Ingress. Without it the cluster decides.'),
      hosts: items((context) => [{ host: `{{ $.Values.${hostValue} }}`, paths: paths(context) }], 'Hosts with their paths.', {
        host: text(undefined, 'Host of the requests; Go templates in it are evaluated.', { templated: true }),
        paths: items(undefined, 'Paths below the host.', ingressPath),
      }),
      tls: items(
        [{ secretName: '{{ include "estafette-ci-api.fullname" . }}.tls', hosts: [`{{ $.Values.${hostValue} }}`] }],
        'Certificates with the hosts they are for.',
        {
          secretName: text(undefined, 'Secret with certificate and key; Go templates in it are evaluated.', { templated: true }),
          hosts: list<string>(undefined, 'Hosts of the certificate; Go templates in them are evaluated.', { templated: true }),
        },
      ),
    },
    { doc: `The Ingress ${doc}.` },
  );

const WEBHOOKS = ['bitbucket', 'cloudsource', 'github', 'pubsub', 'slack'].map((source) => `/api/integrations/${source}`);

export const apiValues = group({
  image: imageValues('estafette/estafette-ci-api'),
  ...loggingValues,
  deployment: group({
    ...deploymentValues,
    extraEnv: environment(),
    ...extensiblePodValues(clientCertificateVolume, CLIENT_CERTIFICATE_MOUNT),
  }),
  securityContext: publishedSecurityContext('deployment'),
  imagePullSecrets,
  ...namingValues,
  jobNamespaceOverride: text('', "Namespace of the build and release jobs. Empty means the release's namespace with -jobs after it."),
  ...extrasValues,
  serviceAccount: group({
    ...serviceAccountValues,
    builderServiceAccountName: text(
      BUILT_IN.builderServiceAccount,
      'ServiceAccount of the build and release jobs. The programs know no other name unless config.yaml has jobs.serviceAccount.',
    ),
  }),
  service: serviceValues,
  baseHost: text('estafette.mydomain.com', 'Host of the web interface and the API.'),
  integrationsHost: text('estafette-integrations.mydomain.com', 'Host that receives webhooks from GitHub, Bitbucket and others.'),
  tls: group({
    enabled: flag(true, 'Makes a Secret or a Certificate for the hosts.'),
    keep: flag(true, 'The Secret stays when the release is removed.'),
    existingSecret: text(undefined, 'TLS Secret that exists already; then none is made.'),
    certManager: group(
      {
        enabled: flag(false, 'Lets cert-manager make the certificate.'),
        issuer: text('letsencrypt-prod', 'Issuer of the certificate, in the namespace of the release.'),
      },
      { nullable: true },
    ),
    annotations: textTable('Annotations of the Secret, such as those that make a controller fill it. Go templates in them are evaluated.', {
      templated: true,
    }),
    cert: text(undefined, 'Certificate of your own, PEM.', { secret: true }),
    key: text(undefined, 'Key of your own certificate, PEM.', { secret: true }),
  }),
  ingress: ingressValues('baseHost', 'for web interface and API', (context) => [
    ...toService(apiName(context), '/api/'),
    ...toService(webName(context), '/'),
  ]),
  ingressWebhooks: ingressValues('integrationsHost', 'for webhooks, when the main one is not public', (context) =>
    toService(apiName(context), ...WEBHOOKS),
  ),
  autoscaling: autoscalingValues,
  pdb: disruptionBudgetValues,
  secret: group(
    {
      enabled: flag(true, 'Mounts the two keys.'),
      keep: flag(true, 'The Secret stays when the release is removed: without its key no stored secret can be read.'),
      existingSecret: text(undefined, 'Secret with secretDecryptionKey and jwtKey that exists already; then none is made.'),
      b64encoded: flag(false, 'The two keys below are base64 already.'),
      annotations: textTable('Annotations of the Secret. Go templates in them are evaluated.', { templated: true }),
      secretDecryptionKey: text(
        undefined,
        'AES-256 key of 32 characters for the secrets in manifests. Not given, it is made in the cluster, once.',
        { secret: 'needed' },
      ),
      jwtKey: text(undefined, 'Key of 32 characters that signs the tokens of the API. Not given, it is made in the cluster, once.', {
        secret: 'needed',
      }),
      job: keyJobValues,
    },
    { existingWins: true },
  ),
  config: group({
    enabled: flag(true, 'Makes the ConfigMap below and mounts it.'),
    files: table<unknown>(
      (context) => ({ 'config.yaml': defaultConfig(context), 'credentials.yaml': '' }),
      'Configuration by file name; Go templates in the texts are evaluated.',
      { templated: true, items: text(undefined, 'Content of the file.', { secret: 'file' }) },
    ),
  }),
  ...proxyValues,
});

export type ApiValues = ValuesInput<typeof apiValues>;

export type ApiContext = Context<typeof apiValues>;
