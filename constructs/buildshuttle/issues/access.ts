// Who may ask: a token, or namespaces by name.
import type { Issue } from '../../../helm/check';
import { isTrue, text } from '../../../helm/print';
import { givenToken, tokenSource } from '../token';
import type { Settings } from '../values';

const LEAST = 16;

export function accessIssues(values: Settings): Issue[] {
  const { networkPolicy, ingress } = values;
  return [...(tokenSource(values) === 'none' ? openIssues(networkPolicy) : tokenIssues(values)), ...ingressIssues(ingress)];
}

function tokenIssues(values: Settings): Issue[] {
  if (tokenSource(values) !== 'given') return [];
  const given = givenToken(values);
  if (given === undefined)
    return [
      { path: ['auth', 'token'], message: 'is not text in base64, as auth.b64encoded has it: encode it, or set auth.b64encoded to false' },
    ];
  if (given.length < LEAST)
    return [
      {
        path: ['auth', 'token'],
        message: `must have at least ${LEAST} characters, such as openssl rand -hex 32 prints; leave it out, and it is made in the cluster`,
      },
    ];
  return given === given.trim()
    ? []
    : [
        {
          path: ['auth', 'token'],
          message: 'begins or ends with white space, which the worker does not count as part of it: take that away',
        },
      ];
}

/** Without a token, the network alone keeps others out: whoever builds reads what is built, and writes to its registry. */
function openIssues({ enabled, namespaces }: Settings['networkPolicy']): Issue[] {
  if (!isTrue(enabled))
    return [
      {
        path: ['networkPolicy', 'enabled'],
        message: 'must be true with auth.mode none: without a token, only the NetworkPolicy keeps others out',
      },
    ];
  return isTrue(namespaces)
    ? []
    : [
        {
          path: ['networkPolicy', 'namespaces'],
          message: 'must name the namespaces that may ask, with auth.mode none: such as [akkeris-system]',
        },
      ];
}

function ingressIssues({ enabled, host, path }: Settings['ingress']): Issue[] {
  if (!isTrue(enabled)) return [];
  return [
    ...(/^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text(host))
      ? []
      : [{ path: ['ingress', 'host'], message: `must be a host name in lower case, such as builds.example.com, not "${text(host)}"` }]),
    ...(text(path).startsWith('/') ? [] : [{ path: ['ingress', 'path'], message: `must begin with /, not "${text(path)}"` }]),
  ];
}
