// What one evaluation shares over all the texts nested in it: the data, the helpers and the budget.
import type { Template } from './ast';
import { copy } from './copy';
import { Failure } from './errors';
import { CHANGING_FUNCTIONS } from './functions';
import { LIMITS, startSpending } from './limits';
import { parse } from './parser';
import { CAPABILITIES, getKey, isDict, KUBE_VERSION, VERSION_SET, withType } from './values';

export interface TemplateContext {
  /** What `.` and `$` are: { Values, Release, Chart, Capabilities, Template? } as plain data. */
  readonly root: Record<string, unknown>;
  /** Named templates that `include` and `template` know: a function of the dot value that returns text. */
  readonly helpers: Readonly<Record<string, (dot: unknown) => string>>;
  /** Which other chart defines a named template: Helm would find it. @default none */
  readonly elsewhere?: (name: string) => string | undefined;
}

/** Texts of values files come again for every release; their trees do not change. */
const parsed = new Map<string, Template>();
const PARSED_TEXTS = 500;

export function parseOnce(text: string): Template {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const template = parse(text);
  if (parsed.size >= PARSED_TEXTS) parsed.clear();
  parsed.set(text, template);
  return template;
}

/** Helpers may call `evaluate` themselves, so the depth of evaluations is counted across runs. */
let running = 0;

export class Run {
  readonly root: unknown;
  private nesting = 0;
  private templates = 0;

  constructor(
    readonly context: TemplateContext,
    template: Template,
  ) {
    const { root } = context;
    // `set` and the like change their map; the caller's data must stay as it is.
    this.root = CHANGING_FUNCTIONS.some((name) => template.functions.has(name)) ? copy(root) : root;
    const capabilities = isDict(this.root) ? getKey(this.root, 'Capabilities') : undefined;
    if (!isDict(capabilities)) return;
    withType(capabilities, CAPABILITIES);
    const [kubeVersion, apiVersions] = [getKey(capabilities, 'KubeVersion'), getKey(capabilities, 'APIVersions')];
    if (isDict(kubeVersion)) withType(kubeVersion, KUBE_VERSION);
    if (Array.isArray(apiVersions)) withType(apiVersions, VERSION_SET);
  }

  /** Runs something nested in something else. */
  nested<T>(body: () => T): T {
    this.nesting += 1;
    if (this.nesting > LIMITS.nesting) throw new Failure(`the template is nested deeper than ${LIMITS.nesting} levels`);
    try {
      return body();
    } finally {
      this.nesting -= 1;
    }
  }

  /** Runs a template inside a template. */
  nestedTemplate<T>(body: () => T): T {
    this.templates += 1;
    if (this.templates > LIMITS.templates) throw tooManyTemplates();
    try {
      return body();
    } finally {
      this.templates -= 1;
    }
  }
}

/** Runs an evaluation from outside; helpers that evaluate again come through here too. */
export function counted<T>(body: () => T): T {
  if (running === 0) startSpending();
  running += 1;
  try {
    if (running > LIMITS.templates) throw tooManyTemplates();
    return body();
  } finally {
    running -= 1;
  }
}

function tooManyTemplates(): Failure {
  return new Failure(`templates call each other deeper than ${LIMITS.templates} levels`, 'look for one that includes itself');
}
