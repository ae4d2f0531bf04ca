import type { TaskFacts } from './facts.ts';
import { personsPart } from './look.ts';
import type { World } from './world.ts';

/** The task file as a person writes it: comments, odd spaces and keys of their own included. */
export function taskText({ id, title, body, status, order }: TaskFacts): string {
  const lines = [
    `# ours, about ${id}`,
    `id: ${id}`,
    `title: ${title}   # as people say it`,
    'type: feature',
    `status: ${status}   # ours`,
    ...(order === null ? [] : [`order: ${order}`]),
    'x-estimate: [1,  2]',
  ];
  return `---\n${lines.join('\n')}\n---\n${body}  \n\n- [ ] greets\n`;
}

/** What of it nobody but a person may change. */
export function personsText(task: TaskFacts): string {
  return personsPart(taskText(task));
}

/** The text on main. */
export function textOf({ shared, main }: World, { file }: TaskFacts): string {
  return `${shared.git('show', `${main()}:${file}`)}\n`;
}

/** A person changes the text in an editor and commits. */
export async function editFile(
  world: World,
  task: TaskFacts,
  change: (text: string) => string,
): Promise<void> {
  const before = textOf(world, task);
  const text = change(before);
  if (text !== before) await world.commit(`docs: edit ${task.id}`, { [task.file]: text });
}
