import { describe, expect, it } from 'vitest';
import type { ChangedFile } from '../../../../src/plan/changed-file.ts';
import { isGitPath } from '../../../../src/plan/git-path.ts';
import { escapesRepository } from '../../../../src/plan/link-target.ts';
import { isTestPath } from '../../../../src/plan/test-path.ts';
import type { Role } from '../../../../src/role/role.ts';
import { change as file, findings, rulesOf, TASK } from './change.ts';

const MINE = '---\nid: A1\ntitle: Mine\nstatus: ready\n---\nBody\n';
const OTHER = '---\nid: A2\ntitle: Other\npriority: low # why\nlock: {run: R9}\n---\nBody\n';
const TOKEN = `ghp_${'aB3dE6gH9j'.repeat(4)}`;

function check(change: ChangedFile, role: Partial<Role> = {}): Promise<string[]> {
  return rulesOf([change], { role });
}

describe('paths', () => {
  it.each([
    ['inside may-edit', file('src/a.ts'), {}, []],
    ['outside', file('docs/a.md'), { mayEdit: ['src/**'] }, ['held outside-may-edit']],
    [
      'deleting outside',
      file('docs/a.md', { status: 'deleted' }),
      { mayEdit: ['src/**'] },
      ['held outside-may-edit'],
    ],
    [
      'moving out of what is not its own',
      file('src/a.md', { status: 'renamed', from: 'docs/a.md' }),
      { mayEdit: ['src/**'] },
      ['held outside-may-edit'],
    ],
    [
      'moving into what is not its own',
      file('docs/a.md', { status: 'renamed', from: 'src/a.md' }),
      { mayEdit: ['src/**'] },
      ['held outside-may-edit'],
    ],
    ['rota.yaml', file('rota.yaml'), {}, ['held protected']],
    ['a role', file('roles/developer.md'), {}, ['held protected']],
    ['rota.yaml under `**`', file('rota.yaml'), { mayEdit: ['**'] }, ['held protected']],
    ['rota.yaml where it is named', file('rota.yaml'), { mayEdit: ['**', 'rota.yaml'] }, []],
    ['a role under `**`', file('roles/pm.md'), { mayEdit: ['**', '!roles/pm.txt'] }, ['held protected']],
    ['a role where they are named', file('roles/pm.md'), { mayEdit: ['roles/**'] }, []],
    [
      'Rota.yaml where rota.yaml is named',
      file('Rota.yaml'),
      { mayEdit: ['**', 'rota.yaml'] },
      ['held protected'],
    ],
    ["the backlog's README", file('backlog/README.md'), {}, ['held protected']],
    ["the backlog's README where it may", file('backlog/README.md'), { mayEdit: ['backlog/*'] }, []],
  ])('%s', async (_name, change, role, expected) => {
    expect(await check(change, role)).toEqual(expected);
  });

  it.each([
    [
      'rota.yaml',
      undefined,
      "modified rota.yaml: rota's own rules; role developer may not edit it (may-edit)",
    ],
    [
      'rota.yaml',
      ['**'],
      "modified rota.yaml: rota's own rules, and may-edit of role developer does not name rota.yaml",
    ],
    [
      'docs/a.md',
      ['src/**', 'test/**'],
      'modified docs/a.md: in none of "src/**", "test/**"; role developer may not edit it (may-edit)',
    ],
    [
      'docs/a.md',
      ['**', '!docs/**'],
      'modified docs/a.md: excluded by "!docs/**"; role developer may not edit it (may-edit)',
    ],
    ['docs/a.md', [], 'modified docs/a.md: nothing may be edited; role developer may not edit it (may-edit)'],
  ])('names path, key and rule: %s under %j', async (path, mayEdit, message) => {
    const role = mayEdit === undefined ? {} : { mayEdit };
    expect((await findings([file(path)], { role })).map((finding) => finding.message)).toEqual([message]);
  });

  it('keeps what is put before every prompt', async () => {
    const config = { context: ['AGENTS.md', 'docs/rules'] };
    const of = (path: string, mayEdit = ['**']) => rulesOf([file(path)], { config, role: { mayEdit } });
    expect(await of('AGENTS.md')).toEqual(['held protected']);
    expect(await of('docs/rules/a.md')).toEqual(['held protected']);
    expect(await of('docs/rules2/a.md')).toEqual([]);
    expect(await of('AGENTS.md', ['**', 'AGENTS.md'])).toEqual([]);
  });
});

describe('task files', () => {
  const mine = (newText: string) => file(TASK.file, { oldText: MINE, newText });
  const other = (newText: string) => file('backlog/sub/A2.md', { oldText: OTHER, newText });
  const all = { maySet: ['priority', 'body', 'id', 'lock', 'comments'], mayEdit: ['**'] };
  it.each([
    ['own body', mine(`${MINE}- [x] done\n`), {}, []],
    [
      'own status',
      mine(MINE.replace('ready', 'done')),
      { maySet: ['status'], mayEdit: ['**'] },
      ['held own-task'],
    ],
    ['own comment', mine(MINE.replace('ready', 'ready # x')), {}, ['held own-task']],
    ['own id', mine(MINE.replace('A1', 'A7')), {}, ['refused task-identity']],
    ['own lock', mine(MINE.replace('status', 'lock: {run: X}\nstatus')), {}, ['refused task-identity']],
    ['own file broken', mine(MINE.replace('title: Mine', 'title: [')), {}, ['held task-unreadable']],
    ['own key twice', mine(MINE.replace('title: Mine', 'title: Mine\nid: A1')), {}, ['held task-unreadable']],
    [
      'own file without front-matter',
      mine('Body\n'),
      {},
      ['refused task-identity', 'held own-task', 'held own-task'],
    ],
    ['own file deleted', file(TASK.file, { status: 'deleted', oldText: MINE }), all, ['held task-deleted']],
    [
      'own file moved',
      file('docs/A1.md', { status: 'renamed', from: TASK.file, oldText: MINE, newText: MINE }),
      all,
      ['held task-moved'],
    ],
    [
      'own file a program',
      file(TASK.file, { oldText: MINE, newText: MINE, newMode: '100755' }),
      {},
      ['held task-unreadable'],
    ],
    ['too large', file(TASK.file, { oldText: MINE, newText: null }), {}, ['held task-unreadable']],
    [
      'another, nothing allowed',
      other(OTHER.replace('low', 'high')),
      { mayEdit: ['**'] },
      ['held outside-may-set'],
    ],
    ['another, key allowed', other(OTHER.replace('low', 'high')), { maySet: ['priority'] }, []],
    ['another, key removed', other(OTHER.replace('priority: low # why\n', '')), { maySet: ['priority'] }, []],
    [
      'another, another key',
      other(OTHER.replace('Other', 'New')),
      { maySet: ['priority'] },
      ['held outside-may-set'],
    ],
    ['another, body', other(`${OTHER}more`), { maySet: ['priority'] }, ['held outside-may-set']],
    ['another, body allowed', other(`${OTHER}more`), { maySet: ['body'] }, []],
    [
      'another, comment',
      other(OTHER.replace('# why', '')),
      { maySet: ['priority'] },
      ['held outside-may-set'],
    ],
    ['another, id', other(OTHER.replace('A2', 'A3')), all, ['refused task-identity']],
    ['another, lock', other(OTHER.replace('R9', 'R8')), all, ['refused task-identity']],
    ['another, lock removed', other(OTHER.replace('lock: {run: R9}\n', '')), all, ['refused task-identity']],
    [
      'another deleted',
      file('backlog/A2.md', { status: 'deleted', oldText: OTHER }),
      all,
      ['held task-deleted'],
    ],
    ['a new one', file('backlog/A3.md', { status: 'added', newText: OTHER }), all, ['held task-added']],
    [
      'a new one by content',
      file('backlog/x.md', { status: 'added', newText: OTHER }),
      all,
      ['held task-added'],
    ],
    [
      'moved into the backlog',
      file('backlog/A3.md', { status: 'renamed', from: 'src/x.md', newText: OTHER }),
      all,
      ['held task-moved'],
    ],
  ])('%s', async (_name, change, role, expected) => {
    expect(await check(change, role)).toEqual(expected);
  });
});

describe('what nobody may want', () => {
  const link = (newText: string | null) => file('src/a', { newMode: '120000', newText });
  const marked = 'a\n<<<<<<< ours\nb\n=======\nc\n>>>>>>> theirs\n';
  it.each([
    ['a link inside', link('../docs/a.md'), []],
    ['a link out', link('../../x'), ['refused escaping-symlink']],
    ['a link of which nothing is known', link(null), ['refused escaping-symlink']],
    ['a .git folder', file('src/.GIT/config'), ['refused git-path']],
    ['taking such a path away', file('src/git~1', { status: 'deleted' }), []],
    ['a path with ..', file('src/../a'), ['refused illegal-path']],
    [
      'a submodule',
      file('lib', { status: 'added', newMode: '160000', newText: null }),
      ['refused submodule'],
    ],
    ['a submodule taken away', file('lib', { status: 'deleted', oldMode: '160000' }), []],
    [
      'a submodule url',
      file('.gitmodules', { newText: '[submodule "a"]\n\turl = x\n' }),
      ['refused submodule-url'],
    ],
    ['the same url', file('.gitmodules', { oldText: 'url = x\n', newText: '# c\nurl = x\n' }), []],
    ['conflict markers', file('a.txt', { newText: marked }), ['refused conflict-marker']],
    ['half of them', file('a.txt', { newText: '>>>>>>> theirs\r\n' }), ['refused conflict-marker']],
    ['markers that were there', file('a.txt', { oldText: marked, newText: `${marked}x` }), []],
    [
      'the same marker once more',
      file('a.txt', { oldText: marked, newText: marked + marked }),
      ['refused conflict-marker'],
    ],
    ['an underline', file('a.md', { newText: 'Title\n=======\n' }), []],
    ['a secret', file('a.txt', { newText: `x\nkey=${TOKEN}\n` }), ['refused secret']],
    [
      'a secret that was there',
      file('a.txt', { oldText: `key=${TOKEN}\n`, newText: `x\nkey=${TOKEN}\n` }),
      [],
    ],
    [
      'a secret in its own task',
      file(TASK.file, { oldText: MINE, newText: `${MINE}${TOKEN}\n` }),
      ['refused secret'],
    ],
  ])('%s', async (_name, change, expected) => {
    expect(await check(change)).toEqual(expected);
  });

  it('never repeats the secret', async () => {
    const found = await findings([file('a.txt', { newText: TOKEN })]);
    expect(found.map(({ message }) => message)).toEqual([
      'a.txt: line 1: looks like a secret (GitHub token)',
    ]);
  });

  it.each([
    ['.git', true],
    ['a/.Git/x', true],
    ['.git.', true],
    ['.git  /x', true],
    ['GIT~1/config', true],
    ['git~2', true],
    ['.g\u200cit/x', true],
    ['.git::$INDEX_ALLOCATION/x', true],
    ['a\\.git\\x', true],
    ['.gitignore', false],
    ['.github/x', false],
    ['a.git', false],
    ['git', false],
  ])('git path %j: %s', (path, expected) => {
    expect(isGitPath(path)).toBe(expected);
  });

  it.each([
    ['a', 'b', false],
    ['a', './b/c', false],
    ['a/b', '../c', false],
    ['a', '..', true],
    ['a/b', '../..', true],
    ['a/b', '..', false],
    ['a', '/etc/passwd', true],
    ['a', 'C:\\x', true],
    ['a', 'C:x', true],
    ['a', '\\\\host\\x', true],
    ['a', '~/x', true],
    ['a/b/c', 'd/../../../../x', true],
    ['a/b/c', 'd/../x', true],
    ['a', '.git/config', true],
    ['a/b', '../.git', true],
    ['a', '', true],
    ['a/b', '..\\..\\x', true],
  ])('link at %j to %j escapes: %s', (path, target, expected) => {
    expect(escapesRepository(path, target)).toBe(expected);
  });
});

describe('tests that vanish', () => {
  it('may, where the role says so', async () => {
    const gone = file('test/a.test.ts', { status: 'deleted' });
    expect(await check(gone, { mayDeleteTests: true })).toEqual([]);
    expect(await check(gone, { mayDeleteTests: true, mayEdit: ['src/**'] })).toEqual([
      'held outside-may-edit',
    ]);
  });

  it.each([
    ['deleted', file('test/a.test.ts', { status: 'deleted' }), ['held test-removed']],
    ['moved away', file('src/a.ts', { status: 'renamed', from: 'src/a.test.ts' }), ['held test-removed']],
    ['moved along', file('src/b.test.ts', { status: 'renamed', from: 'src/a.test.ts' }), []],
    ['emptied', file('src/a.test.ts', { newText: ' \n' }), ['held test-removed']],
    ['changed', file('src/a.test.ts'), []],
    [
      'made a link',
      file('test/a.test.ts', { newMode: '120000', newText: 'b.test.ts' }),
      ['held test-removed'],
    ],
    ['added', file('src/a.test.ts', { status: 'added' }), []],
    ['another file deleted', file('src/a.ts', { status: 'deleted' }), []],
  ])('%s', async (_name, change, expected) => {
    expect(await check(change)).toEqual(expected);
  });

  it.each(
    [
      ...[
        'test/a.js',
        'pkg/tests/a',
        'a/__tests__/b.js',
        'a.test.ts',
        'a.spec.tsx',
        'a_test.go',
        'test_a.py',
      ],
      ...[
        'UserTest.java',
        'a_spec.rb',
        'spec/a.rb',
        'conftest.py',
        'a.test.ts.snap',
        'a.test-d.ts',
        'cypress/a.js',
        'TestUser.java',
        'a.bats',
        'x/a.feature',
        'e2e/a.ts',
      ],
    ].map((path) => [path]),
  )('%s is a test', (path) => {
    expect(isTestPath(path)).toBe(true);
  });

  it.each([
    ['src/a.ts'],
    ['src/testing.ts'],
    ['src/latest.ts'],
    ['contest/a.js'],
    ['test.md'],
    ['attest_a.py'],
    ['TestimonialList.tsx'],
    ['src/Testimony.java'],
  ])('%s is no test', (path) => {
    expect(isTestPath(path)).toBe(false);
  });
});
