import { createHash } from 'node:crypto';
import { RotaError } from '../errors.ts';
import { editTask } from './edit.ts';
import { scanFrontMatter } from './scan.ts';
import { findSections } from './sections.ts';
import { type SplitFile, splitFrontMatter } from './split.ts';

/**
 * SHA-256 (hex) of what a person decides in a task file: everything but the `lock` key, the Notes and the Log. It
 * stays the same under rota's own edits of those, so that a difference means that a person edited the task.
 */
export function contentHash(text: string): string {
  const split = splitFrontMatter(text);
  const content =
    split.kind === 'broken' ? text : `${headWithoutLock(text, split)}${bodyWithoutSections(split.body)}`;
  return createHash('sha256').update(content, 'utf8').digest('hex');
}

function headWithoutLock(text: string, split: SplitFile): string {
  const head = text.slice(0, split.bodyOffset);
  if (!split.matter.includes('lock')) return head;
  const scanned = scanFrontMatter(split.matter);
  if (scanned === null) return withoutLock(head);
  const line = scanned.lines['lock'];
  if (line === undefined) return head;
  const lines = split.matter.split('\n');
  lines.splice(line - 1, 1);
  return (
    head.slice(0, split.matterOffset) +
    lines.join('\n') +
    head.slice(split.matterOffset + split.matter.length)
  );
}

function withoutLock(head: string): string {
  try {
    return editTask(head, { lock: undefined });
  } catch (error) {
    // A file that rota cannot edit holds no lock of rota's.
    if (error instanceof RotaError) return head;
    throw error;
  }
}

/** White space at the seams is left out: making a section adds a blank line. */
function bodyWithoutSections(body: string): string {
  let kept = '';
  let at = 0;
  for (const section of findSections(body)) {
    kept += `${body.slice(at, section.headingStart).trimEnd()}\n`;
    at = section.end;
  }
  return (kept + body.slice(at)).trimEnd();
}
