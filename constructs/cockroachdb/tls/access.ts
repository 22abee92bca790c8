// Account and rights of the Jobs that make and renew certificates.
import type { ServiceAccount } from 'kubernetes-types/core/v1';
import type { Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import { annotations } from '../../common/metadata';
import { fullNameOf, labelsOf } from '../names';
import type { CockroachDbContext } from '../values';

const API_GROUP = 'rbac.authorization.k8s.io';

/** True when a Job of the release makes the certificates. */
export const signsItself = ({ values: { tls } }: CockroachDbContext): boolean =>
  tls.enabled === true && tls.certs.selfSigner.enabled === true;

export const signerServiceAccount = (context: CockroachDbContext, name: string) =>
  signsItself(context)
    ? ({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name, labels: labelsOf(context), ...annotations(context.values.tls.certs.selfSigner.svcAccountAnnotations) },
      } satisfies ServiceAccount)
    : undefined;

/** It writes the Secrets, and restarts the pods so that they read them. */
export const signerRole = (context: CockroachDbContext, name: string) =>
  signsItself(context)
    ? ({
        apiVersion: `${API_GROUP}/v1`,
        kind: 'Role',
        metadata: { name, labels: labelsOf(context) },
        rules: [
          { apiGroups: [''], resources: ['secrets'], verbs: ['create', 'get', 'update', 'delete'] },
          { apiGroups: ['apps'], resources: ['statefulsets'], verbs: ['get'], resourceNames: [fullNameOf(context)] },
          { apiGroups: [''], resources: ['pods'], verbs: ['delete', 'get'] },
        ],
      } satisfies Role)
    : undefined;

export const signerRoleBinding = (context: CockroachDbContext, name: string) =>
  signsItself(context)
    ? ({
        apiVersion: `${API_GROUP}/v1`,
        kind: 'RoleBinding',
        metadata: { name, labels: labelsOf(context) },
        roleRef: { apiGroup: API_GROUP, kind: 'Role', name },
        subjects: [{ kind: 'ServiceAccount', name, namespace: context.release.namespace }],
      } satisfies RoleBinding)
    : undefined;
