// The bootstrap Job: users, rights and the shared database of logs, made once the database answers.
import { plainText, text } from '../../helm/print';
import { appNodes, commandOf, resourcesOf } from './container';
import { ADMINISTRATION, credentials, ones, processing, projectsFile, selection, variable } from './environment';
import { jobOf } from './jobs';
import { labels, type DevStatsContext } from './names';

export function bootstrapJob({ values }: DevStatsContext) {
  const name = text(values.bootstrapPodName);
  return jobOf(
    { name, labels: labels('boot', 'bootstrap') },
    {
      restartPolicy: text(values.bootstrapRestartPolicy),
      containers: [
        {
          name,
          image: plainText(values.provisionImage),
          imagePullPolicy: plainText(values.imagePullPolicy),
          ...commandOf(values.bootstrapCommand, values.bootstrapCommandArgs),
          env: [
            ...ones('INIT', 'ONLYINIT'),
            variable('WAITBOOT', values.waitForPostgres),
            variable('SKIPTEMP', values.skipTemp),
            ...ones('NOLOCK', 'NOBACKUP', 'SKIPADDALL', 'TEST_SERVER'),
            variable('UDROP', values.bootstrapUDrop),
            variable('LDROP', values.bootstrapLDrop),
            variable('NOCREATE', values.bootstrapNoCreate),
            ...processing(values),
            projectsFile(values),
            ...selection(values),
            ...credentials(values, ...ADMINISTRATION),
          ],
          resources: resourcesOf(values, 'Bootstrap'),
        },
      ],
      nodeSelector: appNodes(values),
    },
  );
}
