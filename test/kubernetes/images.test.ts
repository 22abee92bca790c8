// References to images, and where objects hold those of their pods.
import fc from 'fast-check';
import { isRegistry, mirrored, splitImage } from '../../kubernetes/images';
import { containersIn, podSpecOf, withContainers, withPodSpec } from '../../kubernetes/pods';

describe('an image', () => {
  it.each([
    ['busybox', 'docker.io', 'busybox'],
    ['estafette/estafette-ci-api:1.5.8', 'docker.io', 'estafette/estafette-ci-api:1.5.8'],
    ['docker.io/library/busybox', 'docker.io', 'library/busybox'],
    ['quay.io/jetstack/controller:v1@sha256:0a', 'quay.io', 'jetstack/controller:v1@sha256:0a'],
    ['localhost/app', 'localhost', 'app'],
    ['registry:5000/app:1', 'registry:5000', 'app:1'],
    ['busybox:1.36', 'docker.io', 'busybox:1.36'],
  ])('%s comes from %s', (image, registry, name) => expect(splitImage(image)).toEqual({ registry, name }));

  it.each([
    ['busybox:1', 'mirror.example.com/busybox:1'],
    ['quay.io/jetstack/controller:v1', 'mirror.example.com/jetstack/controller:v1'],
    ['mirror.example.com/busybox:1', 'mirror.example.com/busybox:1'],
    ['mirror.example.community/a', 'mirror.example.com/a'],
    ['', ''],
  ])('%s is found in a mirror', (image, there) => expect(mirrored(image, 'mirror.example.com')).toBe(there));

  it('is in the mirror after that, once', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('', 'quay.io/', 'r:5000/'),
        part,
        (path, registry, tag) => {
          const there = mirrored(`${registry}${path.join('/')}:${tag}`, 'm.example.com/proxy');
          expect(there).toBe(`m.example.com/proxy/${path.join('/')}:${tag}`);
          expect(mirrored(there, 'm.example.com/proxy')).toBe(there);
        },
      ),
    );
  });
});

it.each(['registry.example.com', 'registry.example.com:5000/a/b-c', 'localhost:5000', 'docker.io/mirror'])('%s is a registry', (text) =>
  expect(isRegistry(text)).toBe(true),
);
it.each(['https://registry.example.com', 'a b', '', '-x', 'x/', 'x//y'])('"%s" is none', (text) => expect(isRegistry(text)).toBe(false));

describe('pods', () => {
  const spec = { initContainers: [{ name: 'a' }], containers: [{ name: 'b' }], nodeName: 'n' };
  const kinds = {
    Pod: { spec },
    Deployment: { spec: { replicas: 1, template: { metadata: {}, spec } } },
    CronJob: { spec: { schedule: '* * * * *', jobTemplate: { spec: { template: { spec } } } } },
  };

  it.each(Object.entries(kinds))('of a %s are found and changed, and nothing else', (kind, object) => {
    expect(podSpecOf({ kind, ...object })).toBe(spec);
    expect(containersIn(spec)).toEqual([{ name: 'a' }, { name: 'b' }]);
    const named = withPodSpec({ kind, ...object }, (pod) => withContainers(pod, (container) => ({ ...container, image: 'i' })));
    const expected = { ...spec, initContainers: [{ name: 'a', image: 'i' }], containers: [{ name: 'b', image: 'i' }] };
    expect(named).toEqual(JSON.parse(JSON.stringify({ kind, ...object }).replace(JSON.stringify(spec), JSON.stringify(expected))));
  });

  it('are not where a kind has none, or none yet', () => {
    const service = { kind: 'Service', spec: { template: { spec } } };
    expect(podSpecOf(service)).toBeUndefined();
    expect(withPodSpec(service, () => ({}))).toBe(service);
    expect(podSpecOf({ kind: 'Deployment' })).toBeUndefined();
  });
});
