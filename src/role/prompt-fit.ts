import { formatByteSize } from '../task/byte-size.ts';
import { plainText } from '../task/text.ts';
import { renderFollowUp, renderPrompt } from './prompt.ts';
import type { PromptParts, TurnParts } from './prompt-parts.ts';
import { renderProtocol } from './prompt-protocol.ts';

export type FittedPrompt =
  | {
      readonly kind: 'fits';
      /** Complete in itself. */
      readonly prompt: string;
      /** The same turn for a session that remembers the whole prompt. */
      readonly followUp: string;
      /** What had to be left out, in words. */
      readonly leftOut: readonly string[];
    }
  /** Even what can never be left out is too long; `reason` is a sentence that says what to do. */
  | { readonly kind: 'too-long'; readonly reason: string };

/**
 * Renders a turn within `limit` bytes of UTF-8. What does not fit is left out, the least useful first, and the prompt says
 * so: notes of older attempts, the ends of a conflict's material (main's log first), context files from the last one, the end
 * of a failure, the newest note, and then all material. Role, task, protocol and what to do now are never cut. Throws RotaError `role` for an
 * unknown placeholder.
 */
export function fitPrompt({ parts, turn }: TurnParts, limit: number): FittedPrompt {
  let fitted: PromptParts = parts;
  const render = () => renderPrompt(fitted, turn);
  let prompt = render();
  for (const step of steps(parts)) {
    if (sizeOf(prompt) <= limit) break;
    const less = step(fitted);
    if (less === null) continue;
    fitted = { ...less.parts, leftOut: [...(fitted.leftOut ?? []), less.what] };
    prompt = render();
  }
  if (sizeOf(prompt) > limit) return { kind: 'too-long', reason: reasonOf(parts, turn, limit) };
  const followUp = renderFollowUp({ parts: fitted, turn });
  return { kind: 'fits', prompt, followUp, leftOut: fitted.leftOut ?? [] };
}

/** One thing less; null: there is nothing of the kind. */
type Step = (parts: PromptParts) => { readonly parts: PromptParts; readonly what: string } | null;

function steps({ notes, context }: PromptParts): Step[] {
  return [
    ...notes.slice(1).map(() => withoutOldestNote),
    cutConflict(16_384),
    ...context.map(() => withoutLastContext),
    cutFailure(8_192),
    cutConflict(4_096),
    withoutOldestNote,
    cutFailure(2_048),
    withoutConflict,
    withoutFailure,
  ];
}

const withoutOldestNote: Step = (parts) => {
  const [oldest, ...notes] = parts.notes;
  if (oldest === undefined) return null;
  const title = plainText(oldest.split('\n')[0] ?? '').slice(0, 80);
  return { parts: { ...parts, notes }, what: `the note of an earlier attempt (${title})` };
};

const withoutLastContext: Step = (parts) => {
  const last = parts.context.at(-1);
  if (last === undefined) return null;
  const what = `the context file ${plainText(last.file)} (${formatByteSize(Buffer.byteLength(last.text))}): read it in your folder if you need it`;
  return { parts: { ...parts, context: parts.context.slice(0, -1) }, what };
};

function cutConflict(most: number): Step {
  return (parts) => {
    if (parts.conflict === null || parts.conflict.length <= most) return null;
    const conflict = cut(parts.conflict, most);
    return {
      parts: { ...parts, conflict },
      what: `what is beyond ${most} characters of the conflict's material`,
    };
  };
}

function cutFailure(most: number): Step {
  return (parts) => {
    if (parts.failure === null || parts.failure.length <= most) return null;
    return {
      parts: { ...parts, failure: cut(parts.failure, most) },
      what: `what is beyond ${most} characters of the gate's failure`,
    };
  };
}

const withoutConflict: Step = (parts) => {
  if (parts.conflict === null) return null;
  const what = "all of the conflict's material: look at the files, and at both sides with git show";
  return { parts: { ...parts, conflict: null }, what };
};

const withoutFailure: Step = (parts) => {
  if (parts.failure === null) return null;
  return { parts: { ...parts, failure: null }, what: "all of the gate's failure: run the gate to see it" };
};

function cut(text: string, most: number): string {
  return `${text.slice(0, most)}\n[… ${text.length - most} characters left out …]`;
}

function sizeOf(prompt: string): number {
  return Buffer.byteLength(prompt);
}

function reasonOf(
  { task, role, protocol, ...parts }: PromptParts,
  turn: string | null,
  limit: number,
): string {
  const bare = { ...parts, task, role, protocol, context: [], notes: [], failure: null, conflict: null };
  const size = (text: string) => formatByteSize(Buffer.byteLength(text));
  const pieces = [
    `the task file ${size(task.text)}`,
    `the role's text ${size(role.prompt)}`,
    `the protocol ${size(renderProtocol(bare))}`,
    ...(turn === null ? [] : [`what this turn is about ${size(turn)}`]),
  ];
  return (
    `the prompt would have at least ${size(renderPrompt(bare, turn))} and may have ${formatByteSize(limit)} ` +
    `(limits: {prompt: …}): ${pieces.join(', ')}. Split the task, or move what is long into a file that it names`
  );
}
