import { describe, expect, test } from 'vitest';
import { sandbox } from '../../support/repo.ts';
import { errorOf, PROJECT, project } from './project.ts';

const AGENT = 'agents:\n  mine: {command: ["true"], prompt: stdin}\n';
const role = (...lines: string[]) => `---\n${lines.join('\n')}\n---\nDo it.\n`;

describe('rota.yaml', () => {
  const wrong: [name: string, text: string, said: RegExp][] = [
    ['no gate', AGENT, /rota\.yaml:1: there is no gate.*`gate: none`/],
    ['an empty file', '', /rota\.yaml:1: there is no gate/],
    ['an empty gate', `${AGENT}gate: []\n`, /rota\.yaml:3: there is no gate/],
    [
      'an unknown key',
      'gate: none\nworkerz: 2\n',
      /rota\.yaml:2: unknown key `workerz`; the nearest known key is `workers`/,
    ],
    [
      'an unknown key of an agent',
      'gate: none\nagents:\n  mine:\n    comand: [x]\n',
      /rota\.yaml:4: unknown key `comand` in `agents\.mine`; .*`command`/,
    ],
    ['a wrong value', 'gate: none\n\nworkers: many\n', /rota\.yaml:3: `workers` is "many"; expected/],
    ['a branch below ai/', 'gate: none\nbranch: ai/x\n', /rota\.yaml:2: `branch` is "ai\/x"/],
    [
      'a folder outside',
      'gate: none\nworktrees: ../x\n',
      /rota\.yaml:2: `worktrees` is "\.\.\/x"; expected a folder inside/,
    ],
    ['a list at the root', '- gate\n', /rota\.yaml:1: the file is not a map/],
    ['broken YAML', 'gate: [a\nworkers: 2\n', /rota\.yaml:1: a `\[` is not closed/],
    ['a key twice', 'gate: none\ngate: none\n', /rota\.yaml:2: `gate` is there twice/],
    [
      'pull requests without a remote',
      'gate: none\nintegrate: pr\nremote: none\n',
      /rota\.yaml:3: `integrate: pr` needs a remote/,
    ],
    [
      'a preset that is none',
      'gate: none\nagents:\n  c: {preset: clod}\n',
      /rota\.yaml:3: .*preset.*expected one of claude, codex/,
    ],
    [
      'an agent of two kinds',
      'gate: none\nagents:\n  g: {acp: [gemini], preset: gemini}\n',
      /rota\.yaml:3: .*expected one of `preset: claude`/,
    ],
    [
      'a report',
      'gate:\n  - {run: "x {report}", report: junit.xml}\n',
      /rota\.yaml:2: .*\{report\} in gate entry 1 is given no file/,
    ],
    [
      'a format of reports',
      'gate:\n  - {run: x, report: xml}\n',
      /rota\.yaml:2: .*report.*expected junit, vitest/,
    ],
    [
      'a proof that names no tests',
      'gate: none\nproof: {run: x}\n',
      /rota\.yaml:2: `proof.run` is "x"; expected a command with/,
    ],
    ['isolation that is a word', 'gate: none\nisolation: bwrap\n', /rota\.yaml:2: .*isolation/],
  ];
  test.each(wrong)('%s is named by run and check, and nothing starts', async (_name, text, said) => {
    const repo = project(sandbox(), { 'rota.yaml': text });
    const before = repo.git('rev-parse', 'main');
    const error = await errorOf(repo, ['run', 'developer']);
    expect(error).toMatchObject({ code: 'config', exit: 2 });
    expect(error.message).toMatch(said);
    expect(error.hint).toContain('commit it on main');
    const check = await repo.rota(['check']);
    expect(check.code).toBe(2);
    expect(check.stdout).toMatch(said);
    expect(repo.git('rev-parse', 'main')).toBe(before);
  });

  test('none at all: every command says so, and check too', async () => {
    const { 'rota.yaml': _none, ...others } = PROJECT;
    const repo = sandbox().repo('r', others);
    for (const args of [['list'], ['run', 'developer'], ['status'], ['add', 'x'], ['shift'], ['sweep']]) {
      const error = await errorOf(repo, args);
      expect(error).toMatchObject({ code: 'config', exit: 2, hint: expect.stringContaining('rota init') });
      expect(error.message).toContain('There is no rota.yaml on main');
    }
    expect((await repo.json(['check'])).problems[0]).toMatchObject({ file: 'rota.yaml', rule: 'missing' });
  });
});

describe('roles', () => {
  const wrong: [name: string, text: string, said: RegExp][] = [
    [
      'a type that is none',
      role('role: developer', 'takes: {type: [feture]}'),
      /developer\.md:3: .*"feture"; expected one of feature/,
    ],
    [
      'an unknown key',
      role('role: developer', 'takes: {type: [bug]}', 'may-edits: [x]'),
      /developer\.md:4: unknown key `may-edits`.*`may-edit`/,
    ],
    [
      'a wrong duration',
      role('role: developer', 'takes: {type: [bug]}', 'time-limit: soon'),
      /developer\.md:4: `time-limit` is "soon"/,
    ],
    ['another name than its file', role('role: devel', 'takes: {type: [bug]}'), /developer\.md:2: /],
    ['no front-matter', 'Do it.\n', /developer\.md:1: /],
    [
      'a proof of another kind',
      role('role: developer', 'takes: {type: [bug]}', 'proof: {bug: green}'),
      /developer\.md:4: `proof.bug` is "green"; expected red-green/,
    ],
    [
      'isolation of no kind',
      role('role: developer', 'takes: {type: [bug]}', 'isolation: jail'),
      /developer\.md:4: `isolation` is "jail"; expected one of none, bwrap, clone, container/,
    ],
  ];
  test.each(wrong)('%s is named by run, next and check', async (_name, text, said) => {
    const repo = project(sandbox(), { 'roles/developer.md': text });
    for (const args of [
      ['run', 'developer'],
      ['next', 'developer'],
    ]) {
      const error = await errorOf(repo, args);
      expect(error).toMatchObject({ code: 'role', exit: 2 });
      expect(error.message).toMatch(said);
    }
    const check = await repo.rota(['check']);
    expect(check.code).toBe(2);
    expect(check.stdout).toMatch(said);
    expect((await repo.rota(['list'])).code).toBe(0);
  });

  test('a broken role does not keep the others from work, and shift names it', async () => {
    const repo = project(sandbox(), { 'roles/tester.md': role('role: tester', 'takes: {type: [tests]}') });
    const ran = await repo.rota(['shift', '--json']);
    expect(JSON.parse(ran.stdout)).toMatchObject([{ outcome: 'landed', task: 'A1' }]);
    expect(ran.stderr).toContain('left out: roles/tester.md:3: `takes.type` entry 1 is "tests"');
  });

  test.each([
    ['devloper', 'Did you mean developer? There are: developer.'],
    ['nobody', 'There are: developer.'],
    ['../developer', 'There are: developer.'],
  ])('there is no role %s: the known ones are named', async (name, hint) => {
    const repo = project(sandbox());
    for (const command of ['run', 'next']) {
      const error = await errorOf(repo, [command, name]);
      expect(error).toMatchObject({ code: 'usage', exit: 2 });
      expect(error.hint).toContain(hint);
    }
  });

  test('no roles, and a role without an agent among several', async () => {
    const box = sandbox();
    const { 'roles/developer.md': _none, ...others } = PROJECT;
    expect((await errorOf(box.repo('none', others), ['run', 'developer'])).hint).toContain('rota init');
    const repo = project(box, {
      'rota.yaml': `gate: none\n${AGENT}  other: {command: ["true"], prompt: stdin}\n`,
      'roles/developer.md': role('role: developer', 'takes: {type: [feature]}'),
    });
    const error = await errorOf(repo, ['run', 'developer']);
    expect(error).toMatchObject({ code: 'role', exit: 2 });
    expect(error.hint).toContain('roles/developer.md: agent: <name>');
  });
});
