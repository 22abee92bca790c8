// The examples of buildshuttle: each does what its first line says, and they can be layered.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readValues } from '../../../helm/yaml/read';
import { ROOT } from '../../support/cli';
import { mergeValues } from '../../../helm/merge';
import { environment, render } from './synth';

const FOLDER = join(ROOT, 'examples', 'buildshuttle');
const read = (name: string): Record<string, unknown> => readValues(readFileSync(join(FOLDER, `${name}.yaml`), 'utf8'), name);
const layered = (...names: string[]) => render(mergeValues(names.map(read)));
const paths = (warnings: readonly string[]): string[] => warnings.map((warning) => warning.replace(/:.*/s, ''));

describe('examples/buildshuttle', () => {
  it('production.yaml makes no Secret, and no warning of its own', () => {
    for (const [mode, warned] of [
      ['host', ['mode', 'nodes.role']],
      ['worker', ['engine.privileged']],
      ['external-worker', ['engine.host']],
    ] as const) {
      const { ids, warnings } = layered('production', mode);
      expect([mode, ids.filter((id) => id.startsWith('Secret/')), paths(warnings)]).toEqual([mode, [], warned]);
      expect(ids).toContain('ServiceMonitor/buildshuttle');
    }
  });

  it('privileged.yaml over worker.yaml gives an engine that is root', () => {
    expect(JSON.stringify(layered('production', 'worker').deployment)).not.toContain('"privileged":true');
    expect(JSON.stringify(layered('production', 'worker', 'privileged').deployment)).toContain('"privileged":true');
  });

  it('s3.yaml and s3-as-before.yaml name the bucket', () => {
    expect(environment(layered('production', 'host', 's3').deployment)).toMatchObject({
      S3_BUCKET: 'builds',
      S3_SECRET_KEY: 'buildshuttle-s3/S3_SECRET_KEY',
    });
    expect(environment(layered('production', 'host', 's3-as-before').deployment)).toMatchObject({ S3_BUCKET: 'buildshuttle/S3_BUCKET' });
  });

  it('no-token.yaml asks for none', () => {
    expect(paths(layered('production', 'host', 'no-token').warnings)).toContain('auth.mode');
  });

  it('are all told here', () => {
    expect(readdirSync(FOLDER).toSorted()).toEqual(
      ['external-worker', 'host', 'kubernetes', 'no-token', 'privileged', 'production', 's3', 's3-as-before', 'worker']
        .map((name) => `${name}.yaml`)
        .toSorted(),
    );
  });
});
