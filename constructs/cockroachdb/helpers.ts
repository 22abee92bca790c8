// The chart's named templates, for `include` in values.
import type { Helpers } from '../common/chart';
import { cockroachDbChartLabel, cockroachDbName, fullNameOf, rotationNameOf, selfSignerNameOf, serviceAccountNameOf } from './names';
import { storeOf } from './start-command';
import { caRotationSchedule, certificateRotationSchedule, minimumInUse } from './tls/durations';
import type { cockroachDbValues } from './values';
import { takesSecurityContext } from './version';

export const cockroachDbHelpers: Helpers<typeof cockroachDbValues> = {
  'cockroachdb.name': ({ chart, values }) => cockroachDbName(chart, values),
  'cockroachdb.fullname': fullNameOf,
  'cockroachdb.chart': ({ chart }) => cockroachDbChartLabel(chart),
  'cockroachdb.tls.serviceAccount.name': serviceAccountNameOf,
  'cockroachdb.networkPolicy.apiVersion': () => 'networking.k8s.io/v1',
  'cockroachdb.statefulset.apiVersion': () => 'apps/v1',
  'cockroachdb.conf.store': ({ values }) => storeOf(values),
  'cockroachdb.securityContext.versionValidation': ({ values }) => String(takesSecurityContext(values.image.tag)),
  'selfcerts.fullname': selfSignerNameOf,
  'rotatecerts.fullname': rotationNameOf,
  'selfcerts.minimumCertDuration': ({ values }) => String(minimumInUse(values.tls.certs.selfSigner)),
  'selfcerts.caRotateSchedule': ({ values }) => caRotationSchedule(values.tls.certs.selfSigner),
  'selfcerts.clientRotateSchedule': ({ values }) => certificateRotationSchedule(values.tls.certs.selfSigner),
};
