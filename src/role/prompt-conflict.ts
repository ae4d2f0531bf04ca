import { plainText } from '../task/text.ts';
import type { ConflictMaterial } from './conflict-material.ts';
import { conflictText } from './conflict-text.ts';
import { conflictWords } from './conflict-words.ts';
import type { PromptParts, TurnParts } from './prompt-parts.ts';

const MOST_NAMED = 100;

export interface ConflictTurn {
  readonly material: ConflictMaterial;
  /**
   * Main was already merged into the folder and conflict markers stand in the files; else the agent only reads both sides
   * here, and makes its files such that they merge.
   */
  readonly inFiles: boolean;
  /** What else brought the run here: a pull request that came back. */
  readonly before: string | null;
}

/** A turn to settle a merge conflict: both sides, the base, and main's log for the files. */
export function conflictTurn(parts: PromptParts, turn: ConflictTurn): TurnParts {
  const { material, inFiles, before } = turn;
  const { files } = material;
  const names = files
    .slice(0, MOST_NAMED)
    .map((file) => `- \`${plainText(file.file).replaceAll('`', "'")}\`: ${conflictWords(file)}`);
  if (files.length > names.length) names.push(`- and ${files.length - names.length} more`);
  const commit = material.main.slice(0, 12);
  const how = inFiles
    ? 'Rota has merged main into this folder and left conflict markers in texts that met. Edit them until no marker is ' +
      "left. What cannot hold markers (binary, deleted, moved, links) is there in one side's version: make it what it should be; " +
      'a file that should be gone, delete.'
    : "Take main's changes into these files by hand, so that both sides say the same where they met.";
  const text =
    `Main moved, and these files could not be merged:\n\n${names.join('\n')}\n\n${how} \`git show ${commit}:PATH\` shows ` +
    "all of a file as main has it, `git show HEAD:PATH` as this branch has it. Main's log above says who changed what. Find " +
    'out why each side changed what it did, and keep both intents: never settle it by dropping one side. If they cannot both ' +
    'hold, stop with `outcome: blocked` and ask which one counts. Do not run git merge, rebase, checkout or reset. Then run ' +
    'the gate, and write the whole result again.';
  return {
    parts: { ...parts, conflict: conflictText(material) },
    turn: before === null ? text : `${before}\n\n${text}`,
  };
}
