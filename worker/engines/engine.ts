// What the worker needs of something that builds images.
import type { Readable } from 'node:stream';
import type { RegistryLogin, RegistryLogins } from '../registry/login';

/** Takes output as it comes, text or bytes; resolves when more may follow. */
export type Output = (output: string | Buffer) => Promise<void>;

/** The classic builder takes a Dockerfile that .dockerignore names out of the context itself. */
export type Builder = 'classic' | 'buildkit';

/** A file, folder or link of a context. */
export interface FolderEntry {
  /** Relative, with the folders above it before it. */
  readonly path: Buffer;
  readonly type: 'file' | 'directory' | 'symlink' | 'link';
  /** Permissions. */
  readonly mode: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** Bytes. */
  readonly size: number;
  /** Of a symbolic link; of a hard one, the path of a file before it. */
  readonly target?: Buffer;
}

/** What BuildKit copies for a build, file by file. */
export interface ContextFolder {
  /** Sorted by their bytes, a slash before every other one. */
  readonly entries: readonly FolderEntry[];
  /** Content of the file at this place of `entries`. */
  read(index: number): AsyncIterable<Buffer>;
}

export interface ContextFolders {
  readonly context: ContextFolder;
  readonly dockerfile: ContextFolder;
  close(): Promise<void>;
}

export interface BuildRequest {
  /** Unique for one attempt. */
  readonly id: string;
  /**
   * The context as a tar stream; called once more where the builder is changed.
   * @param joinsArgs the builder knows an ARG with several names. @default false
   */
  readonly context: (builder: Builder, joinsArgs?: boolean) => Readable;
  /** The Dockerfile that the classic builder gets has the labels in it. @default false */
  readonly labelled?: boolean;
  /**
   * Where .dockerignore leaves the Dockerfile out: both apart. A builder that takes them so never has it in reach of `COPY`; the classic
   * one takes it out itself.
   */
  readonly apart?: (() => Promise<ContextFolders>) | undefined;
  /** Name of the Dockerfile in the context. */
  readonly dockerfile: string;
  readonly tag: string;
  readonly args: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly logins: RegistryLogins;
  readonly noCache: boolean;
  /**
   * Images in registries whose layers may be used again; given, even without one, the image says how its own may be.
   * The classic builder takes no notice. @default none
   */
  readonly cacheFrom?: readonly string[];
  /** The Dockerfile uses what the classic builder has not. */
  readonly needsBuildKit: boolean;
}

export interface Work {
  readonly output: Output;
  readonly signal: AbortSignal;
}

export interface PulledImage {
  readonly id: string;
  /** The engine did not have the reference before. */
  readonly fresh: boolean;
}

/** An image of one of the worker's builds, as far as it knows. */
export interface BuiltImage {
  /** `repository:tag` */
  readonly reference: string;
  /** Its build has not ended. */
  readonly busy: boolean;
  /** When its build ended, in milliseconds since 1970. */
  readonly at: number;
}

/** Whether something is there that builds, and what it keeps of builds. */
export interface Housekeeping {
  /** @throws EngineUnavailable */
  ping(): Promise<void>;
  /** Removes a reference, and the image with its last one. What is not there is fine. */
  remove(reference: string): Promise<void>;
  /** Removes the image of a build that is forgotten, unless it is labelled `keep`. What is not there is fine. */
  release(reference: string): Promise<void>;
  /** Keeps the build cache below `maxBytes`, and these images as well, the oldest going first; resolves with the bytes freed. */
  prune(maxBytes: number, built: readonly BuiltImage[]): Promise<number>;
}

/**
 * Failures of the build are BuildFailure, an engine that is gone is EngineUnavailable, an interruption rejects with the signal's reason.
 * References are `repository:tag`.
 */
export interface Engine extends Housekeeping {
  /** Resolves with the image's id. */
  build(request: BuildRequest, work: Work): Promise<string>;
  pull(reference: string, login: RegistryLogin | undefined, work: Work): Promise<PulledImage>;
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
}

/** The label that says which build an image came from. */
export const BUILD_LABEL = 'build_uuid';
/** Images with this label are never removed. */
export const KEEP_LABEL = 'keep';
