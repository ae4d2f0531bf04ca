import { plainText } from '../task/text.ts';

/**
 * What a run's first turn is told when its pull request came back. What people asked for stands in the prompt's notes of
 * earlier attempts, outcome `returned`.
 */
export function returnedTurn(pr: string | null, reason: string | null): string {
  const which =
    pr === null ? 'The pull request of this task' : `The pull request of this task (${plainText(pr)})`;
  const why = reason === null ? '' : `: ${plainText(reason)}`;
  return (
    `${which} came back${why}. Your work is in this folder, with main merged in. The newest notes of outcome ` +
    '`returned` above say what the people who review it asked for, and which checks fail. Answer every point: change the work, ' +
    'or say in the result why it is right as it is. Leave the rest of the work as it is. Then run the gate, and write the ' +
    'whole result again; the same request is brought up to date with it.'
  );
}
