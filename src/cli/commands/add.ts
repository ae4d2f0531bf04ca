import { RotaError } from '../../errors.ts';
import { addTask, type TaskWish } from '../../run/backlog/add-task.ts';
import { parseTaskId } from '../../task/id.ts';
import { PRIORITIES, STATUSES, TASK_TYPES } from '../../task/task.ts';
import { plainText } from '../../task/text.ts';
import type { Cli } from '../cli.ts';
import type { Action, Options } from '../command-spec.ts';
import { choiceOption, flagOption, listOption, textOption } from '../options.ts';
import { noteEdit } from '../text/edit-notes.ts';
import { withWriting } from '../with-writing.ts';

/** `rota add TITLE`: a new task file on main. */
export const add: Action = async (cli, [title = ''], options) => {
  const wish = await readWish(cli, title, options);
  return withWriting(cli, async (project) => {
    const edited = await addTask(project, wish);
    const { id, file } = edited.answer;
    noteEdit(cli, edited);
    if (cli.json) cli.output.document({ id, file, commit: edited.commit, written: edited.written });
    else {
      cli.output.line(`${cli.output.colors.bold(id)}  ${plainText(file)}`);
      if (wish.status === 'draft')
        cli.output.note(`A draft. rota edit ${id} status=ready lets workers take it.`);
    }
    return 0;
  });
};

async function readWish(cli: Cli, title: string, options: Options): Promise<TaskWish> {
  if (title.trim() === '')
    throw new RotaError('usage', 'The title is empty.', 'rota add "What should be done"');
  const id = textOption(options, 'id') ?? undefined;
  if (id !== undefined && parseTaskId(id) === null) {
    throw new RotaError(
      'usage',
      `--id ${plainText(id)} is not an id.`,
      'An id is capital letters and a number: A32',
    );
  }
  const body = textOption(options, 'body');
  return {
    id,
    title: title.trim(),
    type: choiceOption(options, 'type', TASK_TYPES) ?? undefined,
    priority: choiceOption(options, 'priority', PRIORITIES) ?? undefined,
    status: flagOption(options, 'ready') ? 'ready' : (choiceOption(options, 'status', STATUSES) ?? 'draft'),
    role: textOption(options, 'role') ?? undefined,
    epic: textOption(options, 'epic') ?? undefined,
    depends: given(listOption(options, 'depends')),
    touches: given(listOption(options, 'touches')),
    body: body === '-' ? await cli.input() : (body ?? undefined),
  };
}

function given(values: string[]): string[] | undefined {
  return values.length === 0 ? undefined : values;
}
