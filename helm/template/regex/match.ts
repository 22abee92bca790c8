// Runs regular expressions in time linear in the text, as RE2 does: all ways at once, no backtracking.
import { Failure } from '../errors';
import { spend } from '../limits';
import type { Assertion, CharacterTest, Expression, Regex } from './syntax';

type Instruction =
  | { readonly kind: 'character'; readonly test: CharacterTest }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'save'; readonly slot: number }
  | { readonly kind: 'jump'; readonly targets: number[] }
  | { readonly kind: 'match' };

const LARGEST_PROGRAM = 20_000;

/** Where the whole match and each group start and end, in characters; undefined for a group that took no part. */
export type Match = readonly (number | undefined)[];

export class Program {
  private readonly instructions: Instruction[] = [];
  private readonly slots: number;
  /** The last position at which each instruction was reached, plus one. */
  private readonly reached: Int32Array;

  constructor(regex: Regex) {
    this.slots = regex.groups.length * 2;
    this.compile({ kind: 'group', index: 0, body: regex.expression });
    this.add({ kind: 'match' });
    this.reached = new Int32Array(this.instructions.length);
  }

  /** The leftmost match at or after `start`, the first of the alternatives preferred. */
  exec(characters: readonly string[], start: number): Match | undefined {
    let found: Match | undefined;
    let threads: Thread[] = [];
    this.reached.fill(0);
    for (let position = start; position <= characters.length; position += 1) {
      const next: Thread[] = [];
      // A thread of a former start comes before one that starts here: the leftmost match wins.
      const current: Thread[] = [];
      for (const thread of threads) this.follow(thread, characters, position, current);
      if (found === undefined) this.follow({ at: 0, slots: [] }, characters, position, current);
      if (current.length === 0 && found !== undefined) break;
      const code = characters[position]?.codePointAt(0);
      for (const thread of current) {
        spend(0.5);
        const instruction = this.instructions[thread.at];
        if (instruction?.kind === 'match') {
          found = Array.from({ length: this.slots }, (_, slot) => thread.slots[slot]);
          break;
        }
        if (code !== undefined && instruction?.kind === 'character' && instruction.test(code)) {
          next.push({ at: thread.at + 1, slots: thread.slots });
        }
      }
      threads = next;
    }
    return found;
  }

  /** Follows jumps, saves and assertions up to instructions that read a character; earlier ways come first. */
  private follow(thread: Thread, characters: readonly string[], position: number, into: Thread[]): void {
    const pending: Thread[] = [thread];
    for (let each = pending.pop(); each !== undefined; each = pending.pop()) {
      if (this.reached[each.at] === position + 1) continue;
      this.reached[each.at] = position + 1;
      spend(0.5);
      const instruction = this.instructions[each.at];
      const { slots, at } = each;
      if (instruction?.kind === 'jump') {
        for (let index = instruction.targets.length - 1; index >= 0; index -= 1) {
          pending.push({ at: instruction.targets[index] ?? 0, slots });
        }
      } else if (instruction?.kind === 'save') {
        const saved = [...slots];
        saved[instruction.slot] = position;
        pending.push({ at: at + 1, slots: saved });
      } else if (instruction?.kind === 'assertion') {
        if (holds(instruction.assertion, characters, position)) pending.push({ at: at + 1, slots });
      } else {
        into.push(each);
      }
    }
  }

  private compile(expression: Expression): void {
    switch (expression.kind) {
      case 'empty':
        return;
      case 'character':
      case 'assertion':
        this.add(expression);
        return;
      case 'group':
        this.add({ kind: 'save', slot: expression.index * 2 });
        this.compile(expression.body);
        this.add({ kind: 'save', slot: expression.index * 2 + 1 });
        return;
      case 'sequence':
        for (const part of expression.parts) this.compile(part);
        return;
      case 'choice':
        this.compileChoice(expression.options);
        return;
      case 'repeat':
        this.compileRepeat(expression);
    }
  }

  private compileChoice(options: readonly Expression[]): void {
    const fork = this.jump();
    const ends: number[][] = [];
    for (const option of options) {
      fork.push(this.instructions.length);
      this.compile(option);
      ends.push(this.jump());
    }
    for (const end of ends) end.push(this.instructions.length);
  }

  private compileRepeat({ body, min, max, isGreedy }: Extract<Expression, { kind: 'repeat' }>): void {
    for (let count = 0; count < min - (max === Infinity ? 1 : 0); count += 1) this.compile(body);
    const order = (fork: number[], inside: number, after: number): void => {
      fork.push(...(isGreedy ? [inside, after] : [after, inside]));
    };
    if (max === Infinity) {
      // x* is (x+)?: so an x that can be empty is still tried once, as in Go.
      const skip = min === 0 ? this.jump() : undefined;
      const start = this.instructions.length;
      this.compile(body);
      const again = this.jump();
      const after = this.instructions.length;
      order(again, start, after);
      if (skip !== undefined) order(skip, start, after);
      return;
    }
    const forks: { readonly fork: number[]; readonly inside: number }[] = [];
    for (let count = min; count < max; count += 1) {
      forks.push({ fork: this.jump(), inside: this.instructions.length });
      this.compile(body);
    }
    for (const { fork, inside } of forks) order(fork, inside, this.instructions.length);
  }

  private jump(): number[] {
    const targets: number[] = [];
    this.add({ kind: 'jump', targets });
    return targets;
  }

  private add(instruction: Instruction): void {
    if (this.instructions.length >= LARGEST_PROGRAM) throw new Failure('the regular expression is too large', 'repeat less in it');
    this.instructions.push(instruction);
  }
}

interface Thread {
  readonly at: number;
  readonly slots: readonly (number | undefined)[];
}

function holds(assertion: Assertion, characters: readonly string[], position: number): boolean {
  const [before, after] = [characters[position - 1], characters[position]];
  switch (assertion) {
    case 'text start':
      return before === undefined;
    case 'text end':
      return after === undefined;
    case 'line start':
      return before === undefined || before === '\n';
    case 'line end':
      return after === undefined || after === '\n';
    default: {
      const isBoundary = isWord(before) !== isWord(after);
      return isBoundary === (assertion === 'word boundary');
    }
  }
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /^[0-9A-Za-z_]$/.test(character);
}
