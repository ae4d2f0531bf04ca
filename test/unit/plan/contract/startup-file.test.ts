import { describe, expect, it } from 'vitest';
import { startupPart } from '../../../../src/plan/startup-file.ts';
import { change, rulesOf } from './change.ts';

describe('startupPart', () => {
  it.each([
    ['.npmrc', '.npmrc'],
    ['packages/a/.npmrc', '.npmrc'],
    ['.ENVRC', '.ENVRC'],
    ['.claude/settings.json', '.claude'],
    ['a/.VSCode/tasks.json', '.VSCode'],
    ['all.code-workspace', 'all.code-workspace'],
    ['.github/workflows/ci.yml', '.github'],
    ['.github/actions/x/action.yml', '.github'],
    ['Jenkinsfile', 'Jenkinsfile'],
    ['.github/dependabot.yml', '.github'],
    ['.forgejo/workflows/ci.yml', '.forgejo'],
    ['a.sublime-project', 'a.sublime-project'],
    ['.lintstagedrc.json', '.lintstagedrc.json'],
    ['.cargo/config.toml', '.cargo'],
    ['web/bunfig.toml', 'bunfig.toml'],
    ['.devcontainer.json', '.devcontainer.json'],
  ])('%s', (path, part) => expect(startupPart(path)).toBe(part));

  it.each(['src/npmrc', '.github/CODEOWNERS', 'docs/.vscode', 'src/claude/x.ts', 'x.envrc', '.npmrc/x'])(
    '%s is an ordinary file',
    (path) => expect(startupPart(path)).toBe(null),
  );
});

async function check(
  path: string,
  mayEdit: readonly string[],
  over: { status?: 'deleted'; from?: string } = {},
): Promise<string[]> {
  const { status = over.from === undefined ? ('added' as const) : ('renamed' as const), from = null } = over;
  return rulesOf([change(path, { status, from })], { role: { mayEdit } });
}

describe('the contract', () => {
  it.each([
    ['.npmrc', ['**'], {}, ['held startup-file']],
    ['.npmrc', ['**', '.npmrc'], {}, []],
    ['.npmrc', ['**'], { status: 'deleted' as const }, ['held startup-file']],
    ['src/a.ts', ['**'], { from: '.envrc' }, ['held startup-file']],
    ['.vscode/tasks.json', ['**', '.vscode/**'], {}, []],
    ['.vscode/tasks.json', ['**', '!.vscode/**'], {}, ['held outside-may-edit']],
    ['.github/workflows/a.yml', ['.github/workflows/*'], {}, []],
    ['.github/workflows/a.yml', ['**'], {}, ['held startup-file']],
    // An exclusion elsewhere names it, and allows nothing.
    ['.vscode/tasks.json', ['**', '!src/.vscode/**'], {}, ['held startup-file']],
    ['.cargo/config.toml', ['**'], {}, ['held startup-file']],
  ])('%s, may edit %j %j', async (path, mayEdit, over, expected) => {
    expect(await check(path, mayEdit, over)).toEqual(expected);
  });
});
