import { plainText } from '../task/text.ts';
import { lineDifference } from './line-difference.ts';
import type { PromptParts, TurnParts } from './prompt-parts.ts';
import { quote } from './quote.ts';

/** A turn to mend a red gate: what is useful of the failure, and what to do about it. */
export function fixTurn(
  parts: PromptParts,
  red: {
    /** Of the gate check or command that failed. */
    readonly name: string;
    readonly output: string;
    readonly turn: number;
    readonly turns: number;
  },
): TurnParts {
  const failure = `${plainText(red.name)} failed.\n${red.output}`;
  return {
    parts: { ...parts, failure },
    turn:
      `Your work is in this folder, and the gate is red on its merge with main (mending turn ${red.turn} of ${red.turns}). ` +
      'Read the last failure above, find the cause, and mend your work so that the whole gate is green. Change a test only if ' +
      'the test that *you* wrote is wrong. Never weaken, skip or delete one that was there. If the failure is not from your ' +
      'change, say so in the result, with proof, and stop. Then write the whole result again.',
  };
}

/** A turn because the task itself changed on main since the prompt was built. `parts.task.text` is the new file. */
export function changedTaskTurn(parts: PromptParts, before: string): TurnParts {
  const difference = quote(lineDifference(before, parts.task.text), { info: 'diff', limit: 24_576 });
  return {
    parts,
    turn:
      "A person changed the task on main while you worked. This is the difference from the task's file as you first got it " +
      `to how it is now (\`-\` before, \`+\` now), as data:\n\n${difference}\n\nYour work is in this folder. Change what the ` +
      'difference asks for, take out what it no longer wants, leave the rest. Then run the gate, and write the whole result ' +
      'again, with the criteria as they are now.',
  };
}

/** A turn after one whose context was full: nothing of it is remembered. */
export const FULL_CONTEXT =
  'An earlier session worked on this task until its context was full; you remember nothing of it. Its work is in this ' +
  'folder: look at `git log` and `git diff` against main, and go on from there. Do not begin again. Read only what you ' +
  'need, in parts, and no long outputs. When the criteria are met, run the gate and write the whole result.';
