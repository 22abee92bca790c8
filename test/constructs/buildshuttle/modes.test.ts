// What each mode of buildshuttle prints, and what is kept where.
import type { BuildshuttleValues } from '../../../constructs/buildshuttle/values';
import { ENGINE, environment, LEAST, POD, render, SERVICE, TOKEN } from './synth';

const MODES = ['host', 'worker', 'externalWorker'] as const;

/** Of the three published manifests alike. */

describe('modes', () => {
  it.each(MODES)('%s builds as many at once as is advised', (mode) => {
    expect(environment(render(LEAST[mode]).deployment)['MAXIMUM_PARALLEL_BUILDS']).toBe(mode === 'worker' ? '2' : '4');
  });

  it("host has the node's socket, and nothing else of the node", () => {
    const { deployment } = render({ ...LEAST.host, host: { socketPath: '/run/docker.sock', socketGroup: 998 } });
    expect(JSON.stringify(deployment).match(/hostPath/g)).toHaveLength(1);
    expect(deployment).toHaveProperty(
      `${POD}.volumes`,
      expect.arrayContaining([{ name: 'docker-socket', hostPath: { path: '/run/docker.sock', type: 'Socket' } }]),
    );
    expect(deployment).toHaveProperty(`${POD}.securityContext.supplementalGroups`, [998]);
    expect(environment(deployment)['DOCKER_BUILD_SETTINGS']).toBe('{"socketPath":"/run/docker.sock"}');
  });

  it('worker has an engine that starts first and ends last, over a socket that both share', () => {
    const { deployment } = render(LEAST.worker);
    expect(deployment).toHaveProperty(
      ENGINE,
      expect.objectContaining({
        name: 'dind',
        image: 'docker:28.5.2-dind-rootless',
        restartPolicy: 'Always',
        resources: { limits: { memory: '4Gi' }, requests: { cpu: '500m', memory: '2Gi' } },
      }),
    );
    for (const container of [SERVICE, ENGINE])
      expect(deployment).toHaveProperty(
        `${container}.volumeMounts`,
        expect.arrayContaining([{ name: 'engine-socket', mountPath: '/engine' }]),
      );
    expect(deployment).toHaveProperty(
      `${ENGINE}.args`,
      expect.arrayContaining(['--host=unix:///engine/docker.sock', '--max-concurrent-uploads=20', '--max-concurrent-downloads=20']),
    );
    expect(JSON.stringify(deployment)).not.toMatch(/tcp:\/\/|2375|2376/);
    expect(deployment).toHaveProperty(`${POD}.volumes`, expect.arrayContaining([{ name: 'engine-storage', emptyDir: {} }]));
    expect(deployment).toHaveProperty(`${POD}.hostUsers`, false);
  });

  it('worker may have a privileged engine, said on stderr', () => {
    const { deployment, warnings, ids } = render({ ...LEAST.worker, engine: { privileged: true } });
    expect(deployment).toHaveProperty(`${ENGINE}.securityContext`, {
      runAsUser: 0,
      runAsGroup: 0,
      runAsNonRoot: false,
      privileged: true,
      readOnlyRootFilesystem: false,
    });
    expect(deployment).toHaveProperty(`${ENGINE}.image`, 'docker:28.5.2-dind');
    expect(deployment).not.toHaveProperty(`${POD}.hostUsers`);
    expect(ids).not.toContain('ConfigMap/buildshuttle-engine');
    expect(environment(deployment)).not.toHaveProperty('BUILD_NETWORK');
    expect(warnings.join('\n')).toMatch(/engine\.privileged: true: .* a build that breaks out of it is root on the node/);
  });

  it('worker has its engine as a second container where sidecars are not known', () => {
    const { deployment } = render({ ...LEAST.worker, engine: { privileged: true } }, { kubeVersion: '1.28' });
    expect(deployment).not.toHaveProperty(`${POD}.initContainers`);
    expect(deployment).toHaveProperty(`${POD}.containers.1.name`, 'dind');
    expect(deployment).not.toHaveProperty(`${POD}.containers.1.restartPolicy`);
  });

  it('worker keeps images on a claim that exists', () => {
    const { deployment, ids } = render({
      ...LEAST.worker,
      engine: { storage: { existingClaim: 'cache' } },
      storage: { existingClaim: 'queue' },
    });
    expect(ids.filter((id) => id.startsWith('PersistentVolumeClaim/'))).toEqual([]);
    expect(deployment).toHaveProperty(
      `${POD}.volumes`,
      expect.arrayContaining([
        expect.objectContaining({ name: 'engine-storage', persistentVolumeClaim: { claimName: 'cache', readOnly: false } }),
      ]),
    );
  });

  it('externalWorker speaks mutual TLS from a Secret', () => {
    const { deployment } = render(LEAST.externalWorker);
    expect(environment(deployment)).toMatchObject({
      DOCKER_BUILD_SETTINGS: '{"protocol":"https","host":"engine.example.com","port":2376}',
      DOCKER_CERT_PATH: '/etc/buildshuttle/engine',
    });
    expect(deployment).toHaveProperty(
      `${POD}.volumes`,
      expect.arrayContaining([
        {
          name: 'engine-tls',
          secret: {
            secretName: 'engine-tls',
            defaultMode: 0o440,
            items: [
              { key: 'ca.crt', path: 'ca.pem' },
              { key: 'tls.crt', path: 'cert.pem' },
              { key: 'tls.key', path: 'key.pem' },
            ],
          },
        },
      ]),
    );
  });

  it('externalWorker speaks plain TCP where that is accepted, and stderr says what it costs', () => {
    const { deployment, warnings } = render({
      mode: 'externalWorker',
      auth: { token: TOKEN },
      engine: { host: '10.1.2.3', insecure: true },
    });
    expect(environment(deployment)).toMatchObject({ DOCKER_BUILD_SETTINGS: '{"protocol":"http","host":"10.1.2.3","port":2375}' });
    expect(environment(deployment)).not.toHaveProperty('DOCKER_CERT_PATH');
    expect(warnings.join('\n')).toMatch(/engine\.insecure: true: whoever reaches port 2375 of 10\.1\.2\.3 is root there/);
  });
});

describe('what is kept where', () => {
  it('S3 keys come from a Secret, or from the ConfigMap of an earlier installation; never from a ConfigMap of ours', () => {
    const { deployment, find, objects } = render({ ...LEAST.host, s3: { bucket: 'b', accessKey: 'access', secretKey: 'very-secret' } });
    expect(environment(deployment)).toMatchObject({
      S3_ACCESS_KEY: 'buildshuttle-s3/S3_ACCESS_KEY',
      S3_SECRET_KEY: 'buildshuttle-s3/S3_SECRET_KEY',
    });
    expect(find('Secret', 'buildshuttle-s3')['stringData']).toEqual({ S3_ACCESS_KEY: 'access', S3_SECRET_KEY: 'very-secret' });
    expect(JSON.stringify(objects.filter(({ kind }) => kind !== 'Secret'))).not.toContain('very-secret');
    expect(environment(render({ ...LEAST.host, s3: { bucket: 'b', existingSecret: 'aws' } }).deployment)).toMatchObject({
      S3_SECRET_KEY: 'aws/S3_SECRET_KEY',
    });
    const old = environment(render({ ...LEAST.host, s3: { existingConfigMap: 'buildshuttle' } }).deployment);
    expect(old).toMatchObject({ S3_BUCKET: 'buildshuttle/S3_BUCKET', S3_SECRET_KEY: 'buildshuttle/S3_SECRET_KEY' });
  });

  it('a token that exists is named, and none is made', () => {
    const { ids, deployment } = render({ ...LEAST.host, auth: { existingSecret: 'builds', key: 'word' } });
    expect(ids.filter((id) => id.startsWith('Secret/'))).toEqual([]);
    expect(deployment).toHaveProperty(
      `${POD}.volumes`,
      expect.arrayContaining([
        expect.objectContaining({ secret: { secretName: 'builds', defaultMode: 0o440, items: [{ key: 'word', path: 'token' }] } }),
      ]),
    );
  });

  it('claims survive the release', () => {
    for (const target of ['kubectl', 'helm', 'argocd'] as const) {
      const { annotations } = render(LEAST.worker, { target }).find('PersistentVolumeClaim', 'buildshuttle-queue').metadata;
      expect(annotations).toMatchObject(
        target === 'argocd' ? { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' } : { 'helm.sh/resource-policy': 'keep' },
      );
    }
  });

  it('an image of a registry is not warned of, one without a registry and latest are', () => {
    const said = (image: BuildshuttleValues['image']) =>
      render({ ...LEAST.externalWorker, image }).warnings.filter((warning) => warning.startsWith('image.'));
    expect(said({})).toEqual([
      expect.stringMatching(/^image\.repository: build-worker:0\.1\.0 names no registry: every node must have the image/),
    ]);
    expect(said({ repository: 'registry.example.com/build-worker' })).toEqual([]);
    expect(said({ repository: 'localhost:5000/build-worker', tag: 'latest' })).toEqual([
      'image.tag: latest is another image tomorrow: name a version, or a digest',
    ]);
  });

  it('the advice to keep other pods off the nodes can be turned off', () => {
    const advice = (adviseTaint: boolean) =>
      render({ ...LEAST.host, nodes: { adviseTaint } }).warnings.filter((warning) => warning.startsWith('nodes.'));
    expect(advice(true)).toEqual([
      expect.stringContaining('kubectl taint nodes -l akkeris.io/node-role=build akkeris.io/node-role=build:NoSchedule'),
    ]);
    expect(advice(false)).toEqual([]);
  });
});
