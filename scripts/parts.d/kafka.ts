// Kafka: its jars, collected by Maven out of a generated project that asks for nothing else.
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder, onPath } from './cache';
import type { Part } from './part';
import { run } from './run';
import { versions } from './versions';

const place = (): string => folder('kafka', versions.kafka);
const jars = (): string => join(place(), 'lib');

const project = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>cdk8s-estafette</groupId>
  <artifactId>parts</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${versions.kafka}</version></dependency>
  </dependencies>
</project>
`;

function isComplete(): boolean {
  try {
    return readdirSync(jars()).includes(`kafka_2.13-${versions.kafka}.jar`);
  } catch {
    return false;
  }
}

/** The part's path is the folder of jars; it runs with the machine's own Java. */
export const kafka: Part = {
  name: 'kafka',
  version: versions.kafka,
  find: () => (onPath('java') && isComplete() ? jars() : undefined),
  async install() {
    for (const program of ['java', 'mvn'])
      if (!onPath(program)) throw new Error(`kafka: ${program} is not on PATH; on Debian: apt-get install openjdk-17-jre-headless maven`);
    const unfinished = join(place(), 'unfinished');
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished);
    writeFileSync(join(place(), 'pom.xml'), project);
    await run(
      'kafka',
      [
        'mvn',
        '--batch-mode',
        '--no-transfer-progress',
        'dependency:copy-dependencies',
        `-DoutputDirectory=${unfinished}`,
        '-DincludeScope=runtime',
      ],
      { cwd: place() },
    );
    rmSync(jars(), { recursive: true, force: true });
    renameSync(unfinished, jars());
  },
};
