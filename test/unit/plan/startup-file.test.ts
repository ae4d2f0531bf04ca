import { describe, expect, it } from 'vitest';
import { checkContract } from '../../../src/plan/contract.ts';
import { startupPart } from '../../../src/plan/startup-file.ts';
import { makeRole, makeTask } from './make.ts';

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
  ])('%s', (path, part) => expect(startupPart(path)).toBe(part));

  it.each(['src/npmrc', '.github/CODEOWNERS', 'docs/.vscode', 'src/claude/x.ts', 'x.envrc', '.npmrc/x'])(
    '%s is an ordinary file',
    (path) => expect(startupPart(path)).toBe(null),
  );
});

function check(path: string, mayEdit: readonly string[], over: { status?: 'deleted'; from?: string } = {}) {
  const { status = over.from === undefined ? ('added' as const) : ('renamed' as const), from = null } = over;
  const texts = { oldMode: '100644', newMode: '100644', oldText: 'a\n', newText: 'b\n' };
  const files = [{ path, status, from, ...texts }];
  return checkContract({ role: makeRole('developer', { mayEdit }), task: makeTask('A1'), files }).map(
    ({ severity, rule }) => `${severity} ${rule}`,
  );
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
  ])('%s, may edit %j %j', (path, mayEdit, over, expected) => {
    expect(check(path, mayEdit, over)).toEqual(expected);
  });
});
