// Pod for `helm test`: a request through the queue must be answered.
import type { Pod } from 'kubernetes-types/core/v1';
import { plainText } from '../../helm/print';
import { podSpec } from '../common/pod';
import { fullNameOf, labelsOf } from './identity';
import type { NatsContext } from './values';

/** Answers requests to `name.X` with X, and asks for one. */
const SCRIPT = `nats reply -s nats://$NATS_HOST:4222 'name.>' --command 'echo {{1}}' &
sleep 2
name=$(nats request --raw -s nats://$NATS_HOST:4222 name.test '')
[ "$name" = test ]
`;

export function testPod(context: NatsContext) {
  const { natsbox } = context.values;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${fullNameOf(context)}-test-request-reply`, labels: labelsOf(context) },
    spec: podSpec({
      restartPolicy: 'Never',
      containers: [
        {
          name: 'nats-box',
          // The chart takes whatever is newest; this is the version it has tools of elsewhere.
          image: plainText(natsbox.image),
          env: [{ name: 'NATS_HOST', value: fullNameOf(context) }],
          command: ['/bin/sh', '-ec', SCRIPT],
        },
      ],
    }),
  } satisfies Pod;
}
