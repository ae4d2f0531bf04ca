import { readPrompt } from '../../run/prompt/read-prompt.ts';
import { taskKey } from '../../task/id.ts';
import { plainLines, plainText } from '../../task/text.ts';
import type { Action } from '../command-spec.ts';
import { noteAge } from '../look/note-age.ts';
import { choiceOption, flagOption, textOption } from '../options.ts';
import { unknownTask } from '../unknown-task.ts';
import { withProject } from '../with-project.ts';

const SILENT = () => undefined;

/** `rota prompt ID`: what an agent would be told, to the letter. Takes nothing. */
export const prompt: Action = (cli, [id = ''], options) => {
  const key = taskKey(id);
  const fix = choiceOption(options, 'turn', ['first', 'fix']) === 'fix';
  const role = textOption(options, 'role');
  return withProject(cli, SILENT, async (project) => {
    const fresh = flagOption(options, 'fetch');
    const view = fresh ? await project.refs.read() : await project.refs.last();
    if (!fresh && project.remote !== null) noteAge(cli.output, view.age);
    const shown = await readPrompt(project, view, { key, role, fix });
    if (shown === null) throw await unknownTask(project, view.main, id);
    const { resumes, ...rest } = shown;
    const bytes = Buffer.byteLength(shown.prompt);
    if (cli.json) {
      cli.output.document({ ...rest, turn: fix ? 'fix' : 'first', bytes });
      return 0;
    }
    const text = cli.output.terminal ? plainLines(shown.prompt) : shown.prompt;
    cli.output.line(text.replace(/\n$/, ''));
    const { dim } = cli.output.errorColors;
    cli.output.note(dim(`${bytes} bytes for ${plainText(shown.agent)}, as role ${shown.role}.`));
    for (const what of shown.leftOut) cli.output.note(dim(`Left out, it was too long: ${plainText(what)}`));
    if (resumes)
      cli.output.note(
        dim(
          `${plainText(shown.branch)} is there: main is merged into it first, and a conflict would be told here.`,
        ),
      );
    return 0;
  });
};
