import { describe, expect, it } from 'vitest';
import { checkRoles } from '../../../src/role/check-roles.ts';
import { initialFiles } from '../../../src/role/initial-files.ts';
import { KNOWN_AGENTS } from '../../../src/role/known-agents.ts';
import { parseConfig } from '../../../src/role/parse-config.ts';
import { parseRole } from '../../../src/role/parse-role.ts';
import type { ProjectChoices } from '../../../src/role/templates/rota-yaml.ts';
import { parseTaskFile } from '../../../src/task/parse.ts';
import type { Task } from '../../../src/task/task.ts';

/** What a gate command is when nothing more is said. */
const PLAIN = { report: null, retry: false, when: null };

const choices = (more: Partial<ProjectChoices> = {}): ProjectChoices => ({
  branch: 'main',
  gate: ['npm test'],
  setup: ['npm ci'],
  copy: [],
  proof: { possible: true, commands: [] },
  context: [],
  agent: KNOWN_AGENTS[0] ?? null,
  prefix: 'A',
  ...more,
});

const textOf = (files: readonly { path: string; text: string }[], path: string) =>
  files.find((file) => file.path === path)?.text ?? '';

function configOf(text: string) {
  const parsed = parseConfig(text);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config;
}

function rolesOf(files: readonly { path: string; text: string }[]) {
  return files
    .filter(({ path }) => path.startsWith('roles/'))
    .map(({ path, text }) => {
      const parsed = parseRole(path, text);
      if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
      return parsed.role;
    });
}

function tasksOf(files: readonly { path: string; text: string }[]): Task[] {
  return files
    .filter(({ path }) => path.startsWith('backlog/'))
    .map(({ path, text }) => {
      const parsed = parseTaskFile(path, new TextEncoder().encode(text));
      if (parsed.kind !== 'task') throw new Error(JSON.stringify(parsed));
      return parsed.task;
    });
}

describe('initialFiles', () => {
  it('asks for proofs where somebody can run them, and says how to where nobody is known', () => {
    const proofOf = (files: ReturnType<typeof initialFiles>) =>
      rolesOf(files).find(({ name }) => name === 'developer')?.proof;
    expect(proofOf(initialFiles(choices()))).toEqual({ bug: 'red-green' });
    const without = initialFiles(choices({ proof: { possible: false, commands: [] } }));
    expect(proofOf(without)).toEqual({});
    expect(textOf(without, 'roles/developer.md')).toContain('\n# proof: {bug: red-green}   # needs ');
    const run = 'go test -json {packages} > {report}';
    const commands = [{ run, files: ['**/*_test.go'], report: 'go' as const }];
    const withGo = initialFiles(choices({ proof: { possible: true, commands } }));
    expect(configOf(textOf(withGo, 'rota.yaml')).proof).toMatchObject(commands);
  });

  it.each(KNOWN_AGENTS.map((agent) => [agent.name, agent] as const))('fit together for %s', (name, agent) => {
    const files = initialFiles(choices({ agent }));
    const config = configOf(textOf(files, 'rota.yaml'));
    expect(config.agents).toEqual({ [name]: agent.agent });
    expect(config.env).toEqual(agent.env);
    const roles = rolesOf(files);
    expect(roles.map((role) => role.agent)).toEqual([name, name, name, name, null]);
    expect(checkRoles(roles, config)).toEqual([]);
  });

  it('write down every choice, whatever characters are in it', () => {
    const more = {
      branch: 'release/1.x',
      gate: ['npm test -- "a: b" # c', ['sh', '-c', "echo 'x' {y}"], 'a\nb'],
      setup: [['make', 'deps: all']],
      copy: ['node_modules', 'a, b'],
      context: ['AGENTS.md'],
      prefix: 'SHOP-',
    } as const;
    const config = configOf(textOf(initialFiles(choices(more)), 'rota.yaml'));
    expect(config).toMatchObject({
      branch: 'release/1.x',
      setup: more.setup,
      copy: more.copy,
      context: more.context,
      prefix: 'SHOP-',
      remote: undefined,
    });
    expect(config.gate).toEqual(more.gate.map((run) => ({ run, timeLimit: 1_800_000, env: [], ...PLAIN })));
  });

  it('opt out of the gate only when told to, and fail closed when nothing was found', () => {
    expect(configOf(textOf(initialFiles(choices({ gate: 'none' })), 'rota.yaml')).gate).toBe('none');
    expect(parseConfig(textOf(initialFiles(choices({ gate: [] })), 'rota.yaml'))).toMatchObject({
      problems: [{ rule: 'no-gate' }],
    });
  });

  it('leave the agent to a person when none was found, which check then names', () => {
    const files = initialFiles(choices({ agent: null }));
    const config = configOf(textOf(files, 'rota.yaml'));
    const roles = rolesOf(files);
    expect(roles.map((role) => role.agent)).toEqual([null, null, null, null, null]);
    expect(checkRoles(roles, config).map(({ rule }) => rule)).toEqual(Array(4).fill('no-agent'));
  });

  it('have a first task, the Architecture epic and standing work, all as drafts', () => {
    const tasks = tasksOf(initialFiles(choices(), ['A7', 'B9']));
    expect(tasks.map(({ id, type, role, epic, repeat }) => ({ id, type, role, epic, repeat }))).toEqual([
      { id: 'A8', type: 'chore', role: null, epic: null, repeat: null },
      { id: 'A9', type: 'epic', role: null, epic: null, repeat: null },
      { id: 'A10', type: 'docs', role: 'architect', epic: 'A9', repeat: '7d' },
      { id: 'A11', type: 'chore', role: 'pm', epic: null, repeat: '1d' },
      { id: 'A12', type: 'test', role: 'tester', epic: null, repeat: '7d' },
    ]);
    expect(tasks.every(({ status }) => status === 'draft')).toBe(true);
    expect(tasks[1]?.title).toBe('Architecture');
  });

  it('have paths of their own', () => {
    const paths = initialFiles(choices()).map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths).toMatchSnapshot();
  });

  it('are one readable rota.yaml', () => {
    expect(textOf(initialFiles(choices()), 'rota.yaml')).toMatchSnapshot();
  });
});
