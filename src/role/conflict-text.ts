import { plainText } from '../task/text.ts';
import type { ConflictCommit, ConflictedFile, ConflictMaterial, FileVersion } from './conflict-material.ts';
import { conflictWords } from './conflict-words.ts';
import { quote } from './quote.ts';

/** Characters in all. */
const MOST = 40_000;
/** Of one text when everything is cut: fewer say nothing. */
const LEAST = 300;
const MOST_FILES_SHOWN = 40;
const MOST_FILES_NAMED = 200;
const SHORT_LOG = 10;

/**
 * The material of a conflict as text: every file with its base and both sides, what git says, and main's log. What does not
 * fit goes in this order, and it is said each time: unchanged parts of large files (what each side changed stays), the base,
 * older commits, and last the ends of long texts and files beyond the first forty.
 *
 * @param limit characters, roughly
 */
export function conflictText(material: ConflictMaterial, limit = MOST): string {
  const shown: Shown[] = material.files.slice(0, MOST_FILES_SHOWN).map((file) => show(file, 'whole'));
  const rest = material.files.slice(MOST_FILES_SHOWN).map(({ file }) => file);
  let log = material.log;
  const size = () => sizeOf(shown) + logText(material, log).length + restText(rest).length;
  for (const form of ['changes', 'sides'] as const) {
    for (const one of [...shown].sort((a, b) => b.text.length - a.text.length)) {
      if (size() <= limit) break;
      const smaller = show(one.file, form);
      if (smaller.text.length < one.text.length) shown[shown.indexOf(one)] = smaller;
    }
  }
  if (size() > limit) log = log.slice(0, SHORT_LOG);
  const texts =
    size() <= limit ? shown.map(({ text }) => text) : cutAll(shown, limit - (size() - sizeOf(shown)));
  return [...texts, restText(rest), logText(material, log)].filter((text) => text !== '').join('\n\n');
}

interface Shown {
  readonly file: ConflictedFile;
  readonly form: 'whole' | 'changes' | 'sides';
  /** All of it in that form. */
  readonly text: string;
}

function show(file: ConflictedFile, form: Shown['form']): Shown {
  return { file, form, text: textOf({ file, form }) };
}

function sizeOf(shown: readonly Shown[]): number {
  return shown.reduce((sum, one) => sum + one.text.length, 0);
}

/** Short texts stay whole; the others share what is left, each the same. */
function cutAll(shown: readonly Shown[], limit: number): string[] {
  const pieces = shown.reduce((sum, one) => sum + piecesOf(one).length, 0);
  let share = limit;
  const cut = () => shown.map((one) => textOf(one, share));
  const least = Math.max(LEAST, Math.floor(limit / Math.max(1, pieces) / 2));
  while (share > least && cut().join('').length > limit) share = Math.max(least, Math.floor(share * 0.8));
  return cut();
}

interface Piece {
  readonly title: string;
  readonly text: string;
}

function textOf(one: Pick<Shown, 'file' | 'form'>, limit = Number.POSITIVE_INFINITY): string {
  const name = plainText(one.file.file);
  const pieces = piecesOf(one).map(({ title, text }) => `## ${name}, ${title}:\n${body(text, limit)}`);
  const left = one.form === 'sides' && one.file.base?.text != null ? ['(The base was left out.)'] : [];
  return [`# ${name}: ${conflictWords(one.file)}`, ...pieces, ...left].join('\n');
}

function body(text: string, limit: number): string {
  return text === '' ? '(empty)' : quote(text, { limit });
}

function piecesOf({ file, form }: Pick<Shown, 'file' | 'form'>): Piece[] {
  const { base, branch, main, changes } = file;
  if (form === 'changes' && changes !== null) {
    return [
      { title: 'what this branch changed in it', text: changes.branch },
      { title: 'what main changed in it', text: changes.main },
    ];
  }
  const before = form === 'sides' ? [] : [pieceOf('as it was before both', base)];
  return [...before, pieceOf('as this branch has it', branch), pieceOf('as main has it', main)].filter(
    (piece) => piece !== null,
  );
}

function pieceOf(title: string, version: FileVersion | null): Piece | null {
  if (version === null) return null;
  if (version.text !== null) return { title, text: version.text };
  return { title, text: `(${version.binary ? 'binary' : 'not shown'}, ${version.size} bytes)` };
}

function restText(files: readonly string[]): string {
  if (files.length === 0) return '';
  const named = files.slice(0, MOST_FILES_NAMED).map((file) => `- ${plainText(file).slice(0, 200)}`);
  const more = files.length > named.length ? [`- and ${files.length - named.length} more`] : [];
  return [`# Conflicts too, not shown here (${files.length})`, ...named, ...more].join('\n');
}

function logText({ said, log: all, logCut }: ConflictMaterial, log: readonly ConflictCommit[]): string {
  const moved =
    said.length === 0 ? [] : ['# What git says', ...said.map((line) => `- ${plainText(line).slice(0, 400)}`)];
  const left = log.length < all.length || logCut ? ['- (older ones are left out)'] : [];
  const commits =
    log.length === 0
      ? []
      : ["# Main's log of these files since both parted, newest first", ...log.map(line), ...left];
  return [...moved, ...(moved.length > 0 && commits.length > 0 ? [''] : []), ...commits].join('\n');
}

function line({ commit, at, author, subject, task, files }: ConflictCommit): string {
  const landed = task === null ? '' : `, landed task ${plainText(task)}`;
  const names = files.slice(0, 5).map((file) => plainText(file).slice(0, 120));
  const more = files.length > names.length ? ` and ${files.length - names.length} more` : '';
  const who = plainText(author).slice(0, 60);
  return `- ${commit.slice(0, 10)} ${at.slice(0, 16).replace('T', ' ')} UTC, ${who}: ${plainText(subject).slice(0, 120)} (${names.join(', ')}${more}${landed})`;
}
