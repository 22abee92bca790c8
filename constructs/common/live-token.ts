// What stands in objects of one's own in place of a value that is not known before Helm installs them.

/** Marks tokens whichever copy of this package made them. */
const TOKEN = Symbol.for('cdk8s-estafette.LiveToken');

/**
 * A value that cdk8s asks for when it makes an object (it calls `resolve`). It can be handed on, and nothing can be computed with it: that
 * is an error, since a chart could not follow it.
 */
export abstract class LiveToken {
  constructor() {
    Object.defineProperty(this, TOKEN, { value: true });
    // Who takes its members, as `{ ...map }` does, would get none of the value's.
    Object.defineProperty(this, 'members', { enumerable: true, get: () => this.refuse() });
  }

  /** What it is in the object that is made. */
  abstract resolve(): unknown;
  /** What it is, as errors call it. */
  protected abstract get label(): string;

  toString(): string {
    return this.refuse();
  }

  toJSON(): never {
    return this.refuse();
  }

  [Symbol.toPrimitive](): never {
    return this.refuse();
  }

  [Symbol.iterator](): never {
    return this.refuse();
  }

  private refuse(): never {
    throw new Error(
      `${this.label} is known only when the chart is installed, and nothing can be computed with it: hand it on as it is ` +
        `(where a list or a map is taken apart, a value for each part), or write liveText\`…\${value}…\` for a text that holds it`,
    );
  }
}

export const isLiveToken = (value: unknown): value is LiveToken => typeof value === 'object' && value !== null && TOKEN in value;
