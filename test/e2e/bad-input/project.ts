import { expect } from 'vitest';
import type { Ran, Sandbox, TestRepo } from '../../support/repo.ts';

/** What a small project consists of: an agent that writes one file, and a gate that a file named `broken` makes red. */
export const PROJECT: Readonly<Record<string, string>> = {
  'rota.yaml':
    'gate: ["test ! -e broken"]\nagents:\n  mine: {command: [sh, tools/agent.sh], prompt: stdin}\n',
  'roles/developer.md':
    '---\nrole: developer\ntakes: {type: [feature, bug, chore]}\nagent: mine\n---\nDo it.\n',
  'tools/agent.sh': 'cat >/dev/null\nmkdir -p src\necho "work on $ROTA_TASK" > "src/$ROTA_TASK.txt"\n',
  'backlog/A1-good.md': task('title: A good one', 'status: ready'),
};

/** A task file with these front-matter lines. */
export function task(...lines: string[]): string {
  return `---\n${lines.join('\n')}\n---\nWhat and why.\n`;
}

/** A repository with the small project, and these files over it. */
export function project(box: Sandbox, files: Record<string, string> = {}, name = 'project'): TestRepo {
  return box.repo(name, { ...PROJECT, ...files });
}

/** Runs developer there and expects that A1 landed on this branch of `repo`. */
export async function expectLands(repo: TestRepo, branch = 'main', where: TestRepo = repo): Promise<Ran> {
  const ran = await repo.rota(['run', 'developer', '--json']);
  expect(JSON.parse(ran.stdout), ran.stderr).toMatchObject({ outcome: 'landed', task: 'A1' });
  expect(ran.code).toBe(0);
  expect(where.git('show', `${branch}:src/A1.txt`)).toBe('work on A1');
  expect(where.git('show', `${branch}:backlog/A1-good.md`)).toContain('status: done');
  return ran;
}

/** The error of a command that must fail: the document and the words on stderr say the same. */
export async function errorOf(
  repo: TestRepo,
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: string; message: string; hint: string | null; exit: number | null }> {
  const ran = await repo.rota([...args, '--json'], { env });
  expect(ran.stdout.trimEnd().split('\n'), ran.stderr).toHaveLength(1);
  const { error } = JSON.parse(ran.stdout);
  expect(error, ran.stdout).toBeDefined();
  expect(error.code).not.toBe('bug');
  expect(ran.stderr).toContain(`rota: ${error.message.split('\n')[0]}`);
  return { ...error, exit: ran.code };
}
