// Ingresses of removed API versions, written as the served version has them: compare.mjs marks the paths of the removed ones,
// and takes the rules of both as sets, in which a marked rule never equals an unmarked one.
import YAML from 'yaml';

const REMOVED = /^apiVersion: (extensions|networking\.k8s\.io)\/v1beta1$/m;

const servedBackend = ({ serviceName, servicePort }) => ({
  service: { name: serviceName, port: typeof servicePort === 'number' ? { number: servicePort } : { name: servicePort } },
});

function served(document) {
  const object = YAML.parse(document, { version: '1.1', uniqueKeys: false, logLevel: 'silent' });
  if (object?.kind !== 'Ingress') return document;
  object.apiVersion = 'networking.k8s.io/v1';
  for (const path of (object.spec?.rules ?? []).flatMap((rule) => rule.http?.paths ?? []))
    Object.assign(path, { backend: servedBackend(path.backend), pathType: 'Prefix' });
  return `\n${YAML.stringify(object)}`;
}

/** The stream, with those Ingresses changed and every other document as it is. What cannot be read is left for the comparison to complain of. */
export function withServedIngresses(stream) {
  return stream
    .split(/^---/m)
    .map((document) => {
      if (!REMOVED.test(document) || !/^kind: Ingress$/m.test(document)) return document;
      try {
        return served(document);
      } catch {
        return document;
      }
    })
    .join('---');
}
