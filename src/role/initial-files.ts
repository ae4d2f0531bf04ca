import { nextId, renderTask, taskFileName } from '../task/new-task.ts';
import { SHIPPED_ROLES, withAgent, withProof } from './shipped-roles.ts';
import { FIRST_TASKS } from './templates/first-tasks.ts';
import { type ProjectChoices, rotaYaml } from './templates/rota-yaml.ts';

/** A file that `rota init` proposes. */
export interface InitialFile {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
}

/**
 * Everything that `rota init` writes: rota.yaml, the roles, a first task, the Architecture epic and the standing tasks.
 * `taken`: ids that are used already; the new ones come after them. Which of the files are there already is the
 * caller's question; none is meant to replace one.
 */
export function initialFiles(choices: ProjectChoices, taken: Iterable<string> = []): InitialFile[] {
  return [
    { path: 'rota.yaml', text: rotaYaml(choices) },
    ...SHIPPED_ROLES.map(({ name, text }) => ({
      path: `roles/${name}.md`,
      text: withProof(withAgent(text, choices.agent?.name ?? null), choices.proof.possible),
    })),
    ...taskFiles(choices.prefix, taken),
  ];
}

function taskFiles(prefix: string, taken: Iterable<string>): InitialFile[] {
  const ids: string[] = [...taken];
  const numbered = FIRST_TASKS.map((template) => {
    const id = nextId(prefix, ids);
    ids.push(id);
    return { template, id };
  });
  const epic = numbered.find(({ template }) => template.name === 'architecture')?.id;
  return numbered.map(({ template: { name, ...task }, id }) => ({
    path: `backlog/${taskFileName(id, task.title)}`,
    text: renderTask({ ...task, id, status: 'draft', epic: name === 'architect' ? epic : undefined }),
  }));
}
