// YAML text as nodes: what stands where, before tags, numbers and merges are read.

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly offset: number;
  readonly text: string;
  /** Neither in quotes nor a block. */
  readonly isPlain: boolean;
  /** The whole tag; "!" for the tag that says nothing. */
  readonly tag: string | undefined;
}

export interface ListNode {
  readonly kind: 'list';
  readonly offset: number;
  readonly items: YamlNode[];
}

export interface MapNode {
  readonly kind: 'map';
  readonly offset: number;
  /** A key and its value each. */
  readonly pairs: (readonly [YamlNode, YamlNode])[];
}

export interface AliasNode {
  readonly kind: 'alias';
  readonly offset: number;
  readonly name: string;
  /** What the last anchor of that name before it stands at; it may be open still. */
  readonly target: YamlNode;
}

export type YamlNode = ScalarNode | ListNode | MapNode | AliasNode;

/** "<<" that merges, not a text. */
export const isMergeKey = (node: YamlNode): boolean =>
  node.kind === 'scalar' &&
  node.text === '<<' &&
  ((node.isPlain && node.tag === undefined) || node.tag === '!' || node.tag === 'tag:yaml.org,2002:merge');
