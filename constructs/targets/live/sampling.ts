// Samples of a release with marked values, and what is learned of them.
import { ValuesError } from '../../../helm/check';
import type { Entry } from '../../common/entry';
import { settled } from './data';
import { Learner, type Riddle, type Sample } from './learn';
import { NAMESPACE } from './leaves';
import { evaluate, type Container } from './model';
import { chanceOf } from './renders';
import { Settling } from './settling';
import { shown, skeleton } from './skeleton';
import { outcome, placeOf } from './walk';

const SAMPLES = 40;
/** Of each hundred values, how many are not as in the release in a sample that is like it. */
const FLIPPED = 20;
/** More values than so few samples tell apart. */
const MANY = 40;

export class Sampling extends Settling {
  /** How often nothing explained a place. */
  private readonly unsolved = new Map<string, number>();
  /** Samples beyond the usual number. */
  protected more = 0;

  /** Undefined when values had to be fixed: then all is to be done again without them. */
  protected learned(): Container | undefined {
    const samples: Sample[] = [];
    const take = (on: Uint8Array): void => {
      const root = this.sampled(on);
      if (root) samples.push({ on: Uint8Array.from(on), root });
    };
    take(this.all(1));
    take(this.all(0));
    take(this.empty());
    take(this.like());
    // Some with most of the release on, some that are nearly what the release is.
    for (let count = 0; count < SAMPLES + this.more; count++) {
      const isRich = count % 3 !== 2;
      const on = isRich ? this.all(1) : this.like();
      for (const { index, path, declared } of this.candidates)
        if (!this.alwaysOn.has(index)) {
          if (isRich) on[index] = this.random(100) < chanceOf(path.at(-1) ?? '', declared?.kind === 'flag') ? 1 : 0;
          else if (this.random(100) < FLIPPED) on[index] = on[index] === 1 ? 0 : 1;
        }
      take(on);
    }
    // Where these did not tell: each value by itself, turned over in what has most.
    if (this.more || this.candidates.length > MANY)
      for (const leaf of this.candidates) {
        if (this.alwaysOn.has(leaf.index)) continue;
        for (const base of [this.all(1), ...(leaf.declared?.kind === 'flag' ? [this.like()] : [])]) {
          base[leaf.index] = base[leaf.index] === 1 ? 0 : 1;
          take(base);
        }
      }
    const near = (a: number, b: number): number => {
      const [one = [], other = []] = [this.leaves[a]?.path, this.leaves[b]?.path];
      const apart = one.findIndex((key, index) => key !== other[index]);
      return apart < 0 ? one.length : apart;
    };
    const learner = new Learner(
      samples,
      this.candidates.map(({ index }) => index),
      near,
      (id) => this.decidingIn(id),
    );
    const tree = learner.learn();
    if (!learner.riddles.length) return tree;
    const before = this.fixed.size;
    for (const riddle of learner.riddles) this.solve(riddle, samples);
    return this.fixed.size === before ? tree : undefined;
  }

  /** An object is decided by values of its own part, by what is for all, and by switches. */
  protected decidingIn(id: string): readonly number[] {
    const [own] = this.owners.get(id) ?? [];
    const parts = new Set(this.leaves.flatMap(({ path }) => (path.length > 1 ? [path[0]] : [])));
    if (own === undefined || !parts.has(own)) return this.candidates.map(({ index }) => index);
    return this.candidates
      .filter(({ path }) => path[0] === own || path[0] === 'global' || path.length === 1 || path.at(-1) === 'enabled')
      .map(({ index }) => index);
  }

  protected sampled(on: Uint8Array): Container | undefined {
    for (let tries = 0; tries < 6; tries++) {
      try {
        return this.rootOf(this.marked(on));
      } catch (error) {
        if (!(error instanceof ValuesError)) return undefined;
        for (const { path } of error.issues)
          for (const { index, path: own } of this.candidates)
            if (own.every((key, at) => String(path[at]) === key)) on[index] = on[index] === 1 ? 0 : 1;
      }
    }
    return undefined;
  }

  protected rootOf(entries: readonly Entry[]): Container {
    const marks = this.marks();
    const base = this.lookup(new Map());
    return {
      t: 'map',
      members: entries.map((entry) => {
        const key = skeleton(entry.key, marks);
        if (key.t !== 'literal' && key.t !== 'pieces') throw new Error(`${entry.key} is not a name`);
        marks.mayBeEncoded = entry.object.kind === 'Secret';
        if (!this.owners.has(shown(key))) {
          this.owners.set(shown(key), entry.owner);
          this.entries.set(String(evaluate(key, base)), entry);
        }
        return { key, value: skeleton(settled(entry), marks) };
      }),
    };
  }

  /** Finds the value that decides something in a way that is more than on and off. */
  protected solve({ path, samples: differing, leaves }: Riddle, samples: readonly Sample[]): void {
    const [one, other] = differing.map((index) => samples[index]);
    if (!one || !other) return;
    const inside = [...leaves].filter((leaf) => leaf > NAMESPACE);
    const place = path.join('\0');
    const times = (this.unsolved.get(place) ?? 0) + 1;
    this.unsolved.set(place, times);
    if (inside.length && (inside.length < 5 || times > 2)) {
      for (const leaf of inside) this.fixed.set(leaf, `it is computed with in ${placeOf(path)}`);
      return;
    }
    const label = (root: Container | undefined): string => (root ? outcome(root, path) : '');
    const before = label(one.root);
    let left = this.candidates.map(({ index }) => index).filter((index) => one.on[index] !== other.on[index]);
    const base = Uint8Array.from(one.on);
    while (left.length > 1) {
      const half = left.slice(0, left.length >> 1);
      const tried = Uint8Array.from(base);
      for (const index of half) tried[index] = other.on[index] ?? 0;
      const root = this.sampled(Uint8Array.from(tried));
      if (label(root) !== before) left = half;
      else {
        base.set(tried);
        left = left.slice(left.length >> 1);
      }
    }
    const [culprit] = left;
    if (culprit !== undefined && !this.fixed.has(culprit)) this.fixed.set(culprit, `it decides ${placeOf(path)} together with others`);
  }
}
