// What a worker says that is to build on Kubernetes and cannot, and the template of its pods.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { podText } from '../../constructs/buildshuttle/objects/pod-text';
import { readTemplate } from '../../worker/cluster/job';
import { readConfig } from '../../worker/config';
import { prepareWorker } from '../../worker/worker';
import { silent, tempFolder } from './support/fakes';

describe('a worker that is to build on Kubernetes', () => {
  const folder = tempFolder();
  afterAll(() => folder.remove());
  const access = { server: 'http://127.0.0.1:1', namespace: 'builds', token: () => '' };
  const start = (template: string, more: object = { access }) =>
    prepareWorker(
      readConfig({ USE_KUBERNETES: 'true', S3_BUCKET: 'b', DATA_DIR: folder.path, BUILD_POD_TEMPLATE: join(folder.path, template) }),
      silent,
      more,
    );

  it.each([
    ['spec:\n  containers:\n    - name: other\n', 'it has no container named build'],
    ['{"spec":{"containers":[{"name":"other"}]}}', 'it has no container named build'],
    ['spec: a: b\n', 'Nested mappings are not allowed in compact mappings at line 1, column 7'],
    ['spec:\n  containers: []\nspec: {}\n', 'Map keys must be unique at line 3, column 1'],
    ['', 'Invalid input: expected object, received null'],
    ['spec: {}\n', 'spec: containers: Invalid input: expected array, received undefined'],
  ])('says what is wrong with the template of its pods: %j', async (text, problem) => {
    writeFileSync(join(folder.path, 'pod.yaml'), text);
    await expect(start('pod.yaml')).rejects.toHaveProperty(
      'message',
      `BUILD_POD_TEMPLATE: ${folder.path}/pod.yaml is not a template of a pod (${problem}); write the metadata and spec of one as YAML`,
    );
  });

  it('takes a template in YAML, and in JSON', async () => {
    const template = { metadata: { annotations: { octal: '0o14', word: 'no' } }, spec: { containers: [{ name: 'build', tty: true }] } };
    for (const text of [JSON.stringify(template), JSON.stringify(template, null, 2), podText(template)]) {
      writeFileSync(join(folder.path, 'pod.yaml'), text);
      expect(readTemplate(join(folder.path, 'pod.yaml'))).toEqual(template);
    }
  });

  it('says that there is no template of its pods', async () => {
    await expect(start('nowhere.yaml')).rejects.toThrow(/^BUILD_POD_TEMPLATE: .*nowhere\.yaml is not a template of a pod \(ENOENT/);
  });

  it('says that it must be in a pod', async () => {
    await expect(start('nowhere.yaml', {})).rejects.toThrow(
      /^USE_KUBERNETES: the API server cannot be asked .*; run the worker in a pod with a service account/,
    );
  });
});
