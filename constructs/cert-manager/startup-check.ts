// The check that waits after the installation until cert-manager's API answers: Job, account, role.
import type { Job } from 'kubernetes-types/batch/v1';
import { filled, plain, text } from '../../helm/print';
import { annotations } from '../common/metadata';
import type { KubeObject } from '../../kubernetes/object';
import type { Lifecycle } from '../common/stages';
import { listOf } from '../common/lists';
import { serviceAccount, startupCheckRole } from './access';
import { hooked, type Hooked } from './hook';
import { fullNameOf, labelsOf, serviceAccountValuesOf } from './identity';
import { need } from '../common/checks';
import { template } from './workload';
import type { CertManagerContext } from './values';

/** The objects of the check, each with the moment that its annotations give it. */
export function startupCheck(context: CertManagerContext): [KubeObject | undefined, Lifecycle][] {
  const { global, startupapicheck: own } = context.values;
  if (!own.enabled) return [];
  const ofAccount = hooked(
    context,
    serviceAccountValuesOf(context, 'startupapicheck').annotations,
    'startupapicheck',
    'serviceAccount',
    'annotations',
  );
  const ofRole = global.rbac.create
    ? hooked(context, need(own.rbac, 'startupapicheck', 'rbac').annotations, 'startupapicheck', 'rbac', 'annotations')
    : undefined;
  const ofJob = hooked(context, own.jobAnnotations, 'startupapicheck', 'jobAnnotations');
  return [
    ...at(ofAccount, (printed) => [serviceAccount(context, 'startupapicheck', printed)]),
    ...at(ofRole, (printed) => startupCheckRole(context, printed)),
    ...at(ofJob, (printed) => [job(context, printed)]),
  ];
}

/** The objects with the moment that they share; none when it is left out. */
const at = (
  moment: Hooked | undefined,
  make: (annotations: Record<string, string>) => (KubeObject | undefined)[],
): [KubeObject | undefined, Lifecycle][] => (moment ? make(moment.annotations).map((object) => [object, moment.lifecycle]) : []);

function job(context: CertManagerContext, printed: Record<string, string>) {
  const { startupapicheck: own } = context.values;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: fullNameOf(context, 'startupapicheck'), labels: labelsOf(context, 'startupapicheck'), ...annotations(printed) },
    spec: {
      backoffLimit: plain(own.backoffLimit) as number,
      template: template(
        context,
        'startupapicheck',
        { args: ['check', 'api', `--wait=${text(own.timeout)}`, ...listOf(own.extraArgs).map(text)] },
        { restartPolicy: 'OnFailure', securityContext: filled(own.securityContext) },
      ),
    },
  } satisfies Job;
}
