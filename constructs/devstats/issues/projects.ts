// What is wrong with the projects one by one.
import { listOf } from '../../common/lists';
import type { Issue } from '../../../helm/check';
import { isTrue, text } from '../../../helm/print';
import { cronFault } from '../../../kubernetes/cron';
import { LABEL, LABEL_RULE } from '../../../kubernetes/names';
import { projectsOf } from '../parts';
import type { Settings } from '../values';

export function projectIssues(values: Settings): Issue[] {
  const first = new Map<string, number>();
  return [
    ...listOf(values.projects).flatMap((project, index): Issue[] => {
      const name = text(project.proj);
      const path = ['projects', index, 'proj'] as const;
      const database: Issue[] =
        text(project.db) === '' ? [{ path: ['projects', index, 'db'], message: 'is needed: the database of the project' }] : [];
      if (!LABEL.test(name))
        return [
          {
            path,
            message:
              name === ''
                ? 'is needed: the name of the project'
                : `must be ${LABEL_RULE}, not "${name}": it is part of names and of a host`,
          },
          ...database,
        ];
      const earlier = first.get(name);
      if (earlier !== undefined)
        return [{ path, message: `projects[${earlier}] is "${name}" too: each project needs a name of its own` }, ...database];
      first.set(name, index);
      return database;
    }),
    ...projectsOf(values, 'skipCrons').flatMap(({ project, index }) => {
      const fault = cronFault(text(project.cron));
      return fault === undefined
        ? []
        : [{ path: ['projects', index, 'cron'], message: `"${text(project.cron)}" is not a schedule: it ${fault}` }];
    }),
    ...projectsOf(values, 'skipPVs')
      .filter(({ project }) => !isTrue(project.disk))
      .map(({ index }) => ({ path: ['projects', index, 'disk'], message: 'is needed: the size of the claim, such as 10Gi' })),
  ];
}
