// The pod that runs DevStats' own tests.
import type { Pod } from 'kubernetes-types/core/v1';
import { plainText, text } from '../../helm/print';
import { podSpec } from '../common/pod';
import { appNodes } from './container';
import { labels, type DevStatsContext } from './names';

export function testPod({ values }: DevStatsContext) {
  const name = text(values.testsPodName);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: labels('tests') },
    spec: podSpec({
      restartPolicy: plainText(values.testsRestartPolicy),
      containers: [{ name, image: plainText(values.testsImage), imagePullPolicy: plainText(values.imagePullPolicy) }],
      nodeSelector: appNodes(values),
    }),
  } satisfies Pod;
}
