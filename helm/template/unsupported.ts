// What Helm has and we refuse: an error where a template asks for it, and never an empty text.
import { Failure } from './errors';

/** Stands in the data of a template for what it cannot have. */
export class Unsupported {
  /**
   * @param what one sentence that names it
   * @param mend what to do instead
   */
  constructor(
    private readonly what: string,
    private readonly mend: string,
  ) {}

  failure(): Failure {
    return new Failure(this.what, this.mend);
  }
}

/** The value. @throws Failure when it stands for what is refused */
export function supported<T>(value: T): T {
  if (value instanceof Unsupported) throw value.failure();
  return value;
}
