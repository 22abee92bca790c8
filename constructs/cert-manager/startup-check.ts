// The check that waits after the installation until cert-manager's API answers: Job, account, role.
import type { Job } from 'kubernetes-types/batch/v1';
import { plain, text } from '../../helm/print';
import { annotations } from '../common/metadata';
import type { KubeObject } from '../common/manifest';
import type { Lifecycle } from '../common/stages';
import { serviceAccount, startupCheckRole } from './access';
import { splitHook } from './hook';
import { fullNameOf, labelsOf } from './identity';
import { template } from './workload';
import type { CertManagerContext } from './index';

/** The objects of the check, each with the moment that its annotations give it. */
export function startupCheck(context: CertManagerContext): [KubeObject | undefined, Lifecycle][] {
  const { startupapicheck: own } = context.values;
  if (!own.enabled) return [];
  const ofAccount = splitHook(own.serviceAccount.annotations, 'startupapicheck', 'serviceAccount', 'annotations');
  const ofRole = splitHook(own.rbac.annotations, 'startupapicheck', 'rbac', 'annotations');
  const ofJob = splitHook(own.jobAnnotations, 'startupapicheck', 'jobAnnotations');
  return [
    [serviceAccount(context, 'startupapicheck', ofAccount.annotations), ofAccount.lifecycle],
    ...startupCheckRole(context, ofRole.annotations).map((object): [KubeObject, Lifecycle] => [object, ofRole.lifecycle]),
    [job(context, ofJob.annotations), ofJob.lifecycle],
  ];
}

function job(context: CertManagerContext, printed: Record<string, string>) {
  const { startupapicheck: own } = context.values;
  return {
    apiVersion: 'batch/v1', kind: 'Job',
    metadata: { name: fullNameOf(context, 'startupapicheck'), labels: labelsOf(context, 'startupapicheck'), ...annotations(printed) },
    spec: {
      backoffLimit: plain(own.backoffLimit) as number,
      template: template(context, 'startupapicheck', {
        args: ['check', 'api', `--wait=${text(own.timeout)}`, ...(own.extraArgs ?? []).map(text)],
      }, { restartPolicy: 'OnFailure', securityContext: own.securityContext }),
    },
  } satisfies Job;
}
