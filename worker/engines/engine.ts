// What the worker needs of something that builds images.
import type { Readable } from 'node:stream';

export interface RegistryLogin {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** Logins by registry host, `docker.io` for Docker's own. */
export type RegistryLogins = Readonly<Record<string, RegistryLogin>>;

/** Takes output as it comes, text or bytes; resolves when more may follow. */
export type Output = (output: string | Buffer) => Promise<void>;

export interface BuildRequest {
  /** Unique for one attempt. */
  readonly id: string;
  /** The context as a tar stream; called once more where the builder is changed. */
  readonly context: () => Readable;
  readonly tag: string;
  readonly args: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly logins: RegistryLogins;
  readonly noCache: boolean;
  /** The Dockerfile uses what the classic builder has not. */
  readonly needsBuildKit: boolean;
}

export interface Work {
  readonly output: Output;
  readonly signal: AbortSignal;
}

/**
 * Failures of the build are BuildFailure, an engine that is gone is EngineUnavailable, an interruption rejects with the signal's reason.
 * References are `repository:tag`.
 */
export interface Engine {
  /** @throws EngineUnavailable */
  ping(): Promise<void>;
  /** Resolves with the image's id. */
  build(request: BuildRequest, work: Work): Promise<string>;
  /** Resolves with the image's id. */
  pull(reference: string, login: RegistryLogin | undefined, work: Work): Promise<string>;
  /** @throws BuildFailure when there is no such image. */
  tag(image: string, repository: string, tag: string): Promise<void>;
  /** Resolves with the digest that the registry has under the tag now. */
  push(repository: string, tag: string, login: RegistryLogin | undefined, work: Work): Promise<string>;
  /** The registry's digest of a tag; `undefined` when there is none. @throws BuildFailure when the registry does not tell. */
  digest(reference: string, login: RegistryLogin | undefined): Promise<string | undefined>;
  /** @throws BuildFailure when the registry refuses the login. */
  checkLogin(host: string, login: RegistryLogin): Promise<void>;
  /** Whether the engine speaks plain HTTP to the registry. */
  isInsecure(host: string): Promise<boolean>;
  /** Removes a reference, and the image with its last one. What is not there is fine. */
  remove(reference: string): Promise<void>;
  /** Keeps the build cache and the images built here below `maxBytes`; resolves with the bytes freed. */
  prune(maxBytes: number, inUse: (reference: string) => boolean): Promise<number>;
}

/** The label that tells the worker's images from others. */
export const OWNER_LABEL = 'build_uuid';
/** Images with this label are never removed. */
export const KEEP_LABEL = 'keep';
