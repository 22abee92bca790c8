// Nodes of many renders, equal ones kept once: most of a release is the same in each of them, and counting equal ones is fast.
import type { Container, Member, Node } from '../tree/model';
import { isContainer, textOf } from '../tree/skeleton';

interface Kept {
  readonly node: Node;
  readonly number: number;
}

export class Pool {
  private readonly known = new Map<string, Kept>();
  /** By the nodes that are kept. */
  private readonly there = new Map<Node, Kept>();

  /** The node, or an equal one that was seen before. */
  one(node: Node): Node {
    return this.find(node).node;
  }

  private find(node: Node): Kept {
    return this.there.get(node) ?? (isContainer(node) ? this.container(node) : this.kept(textOf(node), () => node));
  }

  private container(container: Container): Kept {
    const { t, members } = container;
    let text: string = t === 'each' ? `${t}${container.leaf}` : [t, ...(container.repeated ?? [])].join(' ');
    const found = members.map(({ key, value, when }): Member => {
      const [name, inner] = [key && this.find(key), this.find(value)];
      text += `,${name?.number ?? ''}:${inner.number}${when ? JSON.stringify(when) : ''}`;
      return { ...(name ? { key: name.node as Member['key'] & object } : {}), value: inner.node, ...(when ? { when } : {}) };
    });
    return this.kept(text, () => ({ ...container, members: found }));
  }

  private kept(text: string, node: () => Node): Kept {
    const before = this.known.get(text);
    if (before) return before;
    const kept = { node: node(), number: this.known.size };
    this.known.set(text, kept);
    this.there.set(kept.node, kept);
    return kept;
  }
}
