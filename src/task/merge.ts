import { mergeBody } from './merge-body.ts';
import { mergeMatter } from './merge-matter.ts';
import { type BrokenSplit, type SplitFile, splitFrontMatter } from './split.ts';

export type TaskMerge =
  | { readonly kind: 'merged'; readonly text: string }
  /** `text` is `ours` merged as far as possible: conflict markers in the body, a comment at each key in conflict. */
  | { readonly kind: 'conflict'; readonly conflicts: readonly string[]; readonly text: string };

export interface MergeInput {
  /** Null: both sides added the file. */
  readonly base: string | null;
  readonly ours: string;
  readonly theirs: string;
}

/**
 * Three-way merge of a task file: front-matter by key, body by line, Notes and Log as unions. Every edit of either
 * side is in the result, or it is a conflict. A textual merge could leave a key twice without any conflict.
 */
export function mergeTaskFiles({ base, ours, theirs }: MergeInput): TaskMerge {
  if (ours === theirs || theirs === base) return { kind: 'merged', text: ours };
  if (ours === base) return { kind: 'merged', text: theirs };
  const o = splitFrontMatter(ours);
  const b = splitFrontMatter(base ?? (o.kind === 'split' && o.hasFrontMatter ? '---\n---\n' : ''));
  const t = splitFrontMatter(theirs);
  if (b.kind === 'broken' || o.kind === 'broken' || t.kind === 'broken') return unreadable(b, ours, theirs);
  if (o.hasFrontMatter !== t.hasFrontMatter || o.hasFrontMatter !== b.hasFrontMatter)
    return unreadable(b, ours, theirs);
  // Line breaks and byte order mark are settled first, so that they do not make every line a difference.
  const newline = base === null || o.newline !== b.newline ? o.newline : t.newline;
  const bom = base === null || o.bom !== b.bom ? o.bom : t.bom;
  const same = (text: string, split: SplitFile) =>
    split.newline === newline ? text : text.replace(/\r?\n/g, newline);
  const matter = mergeMatter(same(b.matter, b), same(o.matter, o), same(t.matter, t), newline);
  if (matter === null) return unreadable(b, ours, theirs);
  const body = mergeBody(same(b.body, b), same(o.body, o), same(t.body, t), newline);
  // The lines of dashes may have trailing spaces; the side that changed them has them.
  const dashes = (line: (text: string, split: SplitFile) => string) => {
    const [was, mine, other] = [line(base ?? '', b), line(ours, o), line(theirs, t)];
    return (base === null || mine !== was ? mine : other).replace(/\r?\n/g, newline);
  };
  const head = o.hasFrontMatter ? `${dashes(opening)}${matter.matter}${dashes(closing)}` : '';
  const seam = head === '' || head.endsWith('\n') || body.body === '' ? '' : newline;
  const text = `${bom ? '\ufeff' : ''}${head}${seam}${body.body}`;
  const conflicts = [...matter.conflicts, ...body.conflicts];
  return conflicts.length === 0 ? { kind: 'merged', text } : { kind: 'conflict', conflicts, text };
}

function opening(text: string, split: SplitFile): string {
  return text.slice(split.bom ? 1 : 0, split.matterOffset);
}

function closing(text: string, split: SplitFile): string {
  return text.slice(split.matterOffset + split.matter.length, split.bodyOffset);
}

/** Nothing is guessed about a front-matter that cannot be taken apart. */
function unreadable(base: SplitFile | BrokenSplit, ours: string, theirs: string): TaskMerge {
  const sides = [base, splitFrontMatter(ours), splitFrontMatter(theirs)];
  const broken = sides.find((side) => side.kind === 'broken');
  const why = broken?.kind === 'broken' ? `: ${broken.message}` : '';
  const conflicts = [`the front-matter cannot be merged by key${why}; merge this file by hand`];
  const end = (text: string) => (text === '' || text.endsWith('\n') ? text : `${text}\n`);
  return {
    kind: 'conflict',
    conflicts,
    text: `<<<<<<< ours\n${end(ours)}=======\n${end(theirs)}>>>>>>> theirs\n`,
  };
}
