/** One `key: value` of a YAML map, with its places in the text: what a surgical edit needs. */
export interface YamlEntry {
  readonly key: string;
  /** Where the pair begins. */
  readonly start: number;
  /** Just after the `:`; null for `? key` without one. */
  readonly afterColon: number | null;
  /** The value with its anchor and tag. Both are `afterColon` when it is empty. */
  readonly valueStart: number;
  readonly valueEnd: number;
  readonly style: YamlStyle;
  /** A comment on the line of the `:` before a value of several lines, with the spaces before it. */
  readonly headComment: string;
  /** An anchor inside is used by another pair. */
  readonly shared: boolean;
  /** The entries of a list in block style; null when it is something else, or an entry is not one plain line. */
  readonly items: readonly YamlItem[] | null;
}

export type YamlStyle = 'empty' | 'alias' | 'plain' | 'single' | 'double' | 'block' | 'flow';

export interface YamlItem {
  readonly value: unknown;
  readonly start: number;
  readonly end: number;
}

/** A token of the `yaml` package, as far as it is used here. */
export interface SourcePiece {
  readonly type: string;
  readonly offset: number;
  readonly source: string;
}

export interface EntryFacts {
  readonly key: string;
  readonly keyStart: number;
  /** Tokens before the key, and between key and value. */
  readonly before: readonly SourcePiece[];
  readonly between: readonly SourcePiece[];
  /** Header of a block scalar. */
  readonly header: readonly SourcePiece[];
  /** Null when there is no value. */
  readonly valueRange: readonly [number, number] | null;
  readonly style: YamlStyle;
  readonly shared: boolean;
  readonly items: readonly YamlItem[] | null;
}

/** Puts together what the parser knows about one pair. */
export function yamlEntry(facts: EntryFacts): YamlEntry {
  const colon = facts.between.find((piece) => piece.type === 'map-value-ind');
  const afterColon = colon === undefined ? null : colon.offset + 1;
  const props = facts.between.filter((piece) => isProp(piece) && piece.offset >= (afterColon ?? 0));
  const lastProp = props.at(-1);
  const nothing = afterColon ?? facts.keyStart + facts.key.length;
  const emptyEnd = lastProp === undefined ? nothing : lastProp.offset + lastProp.source.length;
  return {
    key: facts.key,
    start:
      facts.before.find((piece) => isProp(piece) || piece.type === 'explicit-key-ind')?.offset ??
      facts.keyStart,
    afterColon,
    valueStart: props[0]?.offset ?? facts.valueRange?.[0] ?? nothing,
    valueEnd: facts.valueRange?.[1] ?? emptyEnd,
    style: facts.style,
    headComment: headComment([...facts.between, ...facts.header], afterColon ?? 0),
    shared: facts.shared,
    items: facts.items,
  };
}

function isProp(piece: SourcePiece): boolean {
  return piece.type === 'anchor' || piece.type === 'tag';
}

function headComment(pieces: readonly SourcePiece[], from: number): string {
  const after = pieces.filter((piece) => piece.offset >= from);
  const end = after.findIndex((piece) => piece.type === 'newline');
  const line = end === -1 ? [] : after.slice(0, end);
  const at = line.findIndex((piece) => piece.type === 'comment');
  const comment = line[at];
  if (comment === undefined) return '';
  const space = line[at - 1];
  return `${space?.type === 'space' ? space.source : ' '}${comment.source}`;
}
