// One attempt of one build: sources, context, image, push. It decides nothing about states beyond telling its phase.
import type { Config } from '../config';
import { EgressRefused, type EgressPolicy } from '../egress/policy';
import { BUILD_LABEL, type Engine, type Work } from '../engines/engine';
import { checkPush } from '../registry/push-check';
import { BuildFailure, Interruption, messageOf } from '../errors';
import type { SpooledLog } from '../logs/spool';
import { readContext } from '../sources/context';
import { addBuildArgs, addLabels, mergeBuildArgs, needsBuildKit } from '../sources/dockerfile';
import { checkImageHost } from '../sources/fetch';
import type { LatestTag } from './latest';
import { orInterrupted } from './interrupted';
import { buildLogins, isOwnRegistry, pullLogin, targetLogin } from './logins';
import type { Room } from './room';
import type { SourceFetches } from './source-fetches';
import { displayUrl, printable, targetOf, type Payload } from '../state/payload';
import type { BuildRecord, RunningState } from '../state/record';

const NOT_TOLD = Symbol('not told');

export interface RunContext {
  readonly record: BuildRecord;
  readonly payload: Payload;
  readonly log: SpooledLog;
  readonly signal: AbortSignal;
  readonly phase: (state: RunningState) => Promise<void>;
  /** The registry has the image with this digest: written down. From here on only a shutdown or another timeout interrupts. */
  readonly pushed: (digest: string) => Promise<AbortSignal>;
}

/** As the queue runs it: in a place, of which there are so many. */
export interface PlacedContext extends RunContext {
  /** Nothing of the build runs any more: another one may have its place while the end is written down. */
  readonly vacated: () => void;
}

export interface RunParts {
  readonly config: Config;
  readonly engine: Engine;
  readonly policy: EgressPolicy;
  readonly latest: Pick<LatestTag, 'move'>;
  readonly fetches: Pick<SourceFetches, 'file' | 'obtain'>;
  readonly room: Pick<Room, 'claim'>;
}

/** Resolves once the registry has the image, as `pushed` was told, and `latest` where that is due. */
export async function runBuild(parts: RunParts, context: RunContext): Promise<void> {
  const { record, log } = context;
  await log.line(`Generating build for ${record.app}-${printable(record.space)} build uuid ${record.buildUuid}`);
  const work: Work = { signal: context.signal, output: (text) => context.log.write(text) };
  if (context.record.digest !== undefined) return resumeLatest(parts, context, work, context.record.digest);
  // Asked while the image is built: nobody else pushes under the number.
  const before = askBefore(parts, context);
  before.catch(() => undefined);
  const image = context.payload.sources.startsWith('docker:')
    ? await pullImage(parts, context, work)
    : await buildImage(parts, context, work);
  await pushImage(parts, context, work, image, before);
}

async function checkTarget({ engine, policy }: RunParts, { payload, signal, log }: RunContext): Promise<void> {
  const { host, path } = targetOf(payload);
  const login = targetLogin(payload);
  if (login !== undefined) await orInterrupted(signal, engine.checkLogin(host, login));
  const insecure = await orInterrupted(signal, engine.isInsecure(host));
  const skipped = await checkPush({ policy, host, repository: path, insecure, login, signal });
  if (skipped !== undefined) await log.line(`Whether ${host} lets the image in is seen at the push: ${skipped}`);
}

async function buildImage(parts: RunParts, context: RunContext, work: Work): Promise<string> {
  const { config, engine, fetches, room } = parts;
  const { record, payload, log, signal, phase } = context;
  if (payload.repo)
    await log.line(`Getting source code for ${printable(payload.repo)}/${printable(payload.branch)} SHA ${printable(payload.sha)}...`);
  await fetches.obtain({ record, payload, signal, line: (text) => log.line(text) });
  // Side by side: neither needs the other, and both take a while.
  const limits = { maxBytes: config.MAX_UNPACKED_BYTES, maxEntries: config.MAX_SOURCE_ENTRIES };
  const [sources, cacheFrom] = await Promise.all([
    readContext(fetches.file(record), { limits, signal, dockerfile: payload.dockerfile || config.DOCKERFILE }),
    cachedImages(parts, context),
    checkTarget(parts, context),
  ]);
  const args = mergeBuildArgs(payload.build_args ?? {}, config.EXTRA_BUILD_ARGS);
  const { apart } = sources;
  const names = Object.keys(args);
  const dockerfile = addBuildArgs(sources.dockerfile, names);
  const labels = { app: payload.app, space: payload.space, [BUILD_LABEL]: payload.build_uuid, app_uuid: payload.app_uuid };
  const labelled = addLabels(sources.dockerfile, labels);
  await phase('building');
  return engine.build(
    {
      id: `${record.work}-${record.attempts}`,
      context: (builder, joinsArgs) =>
        sources.pack(builder === 'classic' ? addBuildArgs(labelled ?? sources.dockerfile, names, joinsArgs) : dockerfile, builder),
      labelled: labelled !== undefined,
      apart:
        apart &&
        (async () => {
          const waits = () => void log.line('Waiting for room on the disk, which other builds have.').catch(() => undefined);
          const claim = await room.claim(apart.bytes, signal, waits);
          return apart.spool(dockerfile, { file: `${fetches.file(record)}.context`, claim });
        }),
      dockerfile: sources.dockerfileName,
      tag: `${record.repository}:1.${record.number}`,
      args,
      labels,
      secrets: payload.build_secrets ?? {},
      logins: buildLogins(config, payload),
      noCache: config.NO_CACHE,
      ...(cacheFrom === undefined ? {} : { cacheFrom }),
      needsBuildKit: needsBuildKit(sources.dockerfile),
    },
    work,
  );
}

/** The app's last image, where its registry has one: a builder that is told of an image that is not there says so as an error. */
async function cachedImages({ config, engine }: RunParts, { record, payload, signal }: RunContext): Promise<string[] | undefined> {
  if (!config.REGISTRY_CACHE || config.NO_CACHE) return undefined;
  const latest = `${record.repository}:latest`;
  try {
    return (await orInterrupted(signal, engine.digest(latest, targetLogin(payload)))) === undefined ? [] : [latest];
  } catch (error) {
    // A cache that cannot be asked is none.
    if (error instanceof BuildFailure) return [];
    throw error;
  }
}

async function pullImage(parts: RunParts, context: RunContext, work: Work): Promise<string> {
  const { engine, config } = parts;
  const { payload, log, record, phase } = context;
  const url = new URL(payload.sources);
  const reference = `${url.host}${url.pathname}`;
  if (url.host === '' || !/^\/[a-z0-9]/.test(url.pathname))
    throw new BuildFailure(`${displayUrl(payload.sources)} names no image; write docker://host/org/repo:tag`);
  await checkSource(parts.policy, payload, url);
  await checkTarget(parts, context);
  await phase('building');
  await log.line(`Pulling ${reference}`);
  const { id, fresh } = await engine.pull(reference, pullLogin(config, payload, url), work);
  try {
    await orInterrupted(work.signal, engine.tag(id, record.repository, `1.${record.number}`));
  } finally {
    // The name it was pulled by would keep it for ever.
    if (fresh) await engine.remove(reference).catch(() => undefined);
  }
  return id;
}

/** The target's own registry may be where others may not be, such as on loopback. */
async function checkSource(policy: EgressPolicy, payload: Payload, source: URL): Promise<void> {
  try {
    await checkImageHost(policy, source.hostname);
  } catch (error) {
    const refused = error instanceof BuildFailure && error.cause instanceof EgressRefused ? error.cause : undefined;
    if (refused === undefined || refused.denied || !isOwnRegistry(payload, source)) throw error;
  }
}

/** What the registry has under the build's number; only needed when the push is interrupted, and whether it answers is seen at the push. */
async function askBefore({ engine }: RunParts, { record, payload }: RunContext): Promise<string | undefined | typeof NOT_TOLD> {
  try {
    return await engine.digest(`${record.repository}:1.${record.number}`, targetLogin(payload));
  } catch (error) {
    if (error instanceof BuildFailure) return NOT_TOLD;
    throw error;
  }
}

async function pushImage(
  parts: RunParts,
  context: RunContext,
  work: Work,
  image: string,
  asked: ReturnType<typeof askBefore>,
): Promise<void> {
  const { engine } = parts;
  const { record, payload, log, phase, pushed } = context;
  const reference = `${record.repository}:1.${record.number}`;
  const login = targetLogin(payload);
  await phase('pushing');
  const before = await orInterrupted(work.signal, asked);
  const digest = await engine.push(record.repository, `1.${record.number}`, login, work).catch(async (error: unknown) => {
    if (!(error instanceof Interruption) || error.kind === 'shutdown') throw error;
    // The interruption may have come after the registry had it all. Then the image is out, and the build must say so.
    const after = await engine.digest(reference, login).catch(() => undefined);
    if (after === undefined || before === NOT_TOLD || after === before) throw error;
    await log.line('The image had reached the registry before the build was interrupted.');
    return after;
  });
  await moveLatest(parts, context, { ...work, signal: await pushed(digest) }, digest, () => engine.tag(image, record.repository, 'latest'));
}

/** A build that was interrupted between the two pushes: nothing is built again, the registry's image gets its second name. */
async function resumeLatest(parts: RunParts, context: RunContext, work: Work, digest: string): Promise<void> {
  const { engine } = parts;
  const { record, payload, phase } = context;
  await phase('building');
  await phase('pushing');
  await moveLatest(parts, context, work, digest, async () => {
    try {
      await engine.tag(`${record.repository}:1.${record.number}`, record.repository, 'latest');
    } catch (error) {
      if (!(error instanceof BuildFailure)) throw error;
      // The engine has lost it meanwhile.
      await engine.tag((await engine.pull(`${record.repository}@${digest}`, targetLogin(payload), work)).id, record.repository, 'latest');
    }
  });
}

/** `latest` too, where it is due. */
export async function moveLatest(
  { engine, latest }: { readonly engine: Pick<Engine, 'digest' | 'push'>; readonly latest: Pick<LatestTag, 'move'> },
  { record, payload, log }: RunContext,
  work: Work,
  digest: string,
  tag: () => Promise<void>,
): Promise<void> {
  const login = targetLogin(payload);
  try {
    const moved = await latest.move(record.repository, record.number, {
      digest: () => orInterrupted(work.signal, engine.digest(`${record.repository}:latest`, login)),
      push: async () => {
        await orInterrupted(work.signal, tag());
        await engine.push(record.repository, 'latest', login, work);
      },
    });
    if (!moved) await log.line('latest stays where it is: a newer build has been pushed.');
  } catch (error) {
    if (error instanceof BuildFailure)
      throw new BuildFailure(`1.${record.number} was pushed as ${digest}, latest was not: ${messageOf(error)}`, { cause: error });
    throw error;
  }
}
