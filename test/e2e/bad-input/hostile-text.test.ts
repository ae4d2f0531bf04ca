import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { sandbox } from '../../support/repo.ts';
import { project, task } from './project.ts';

const ROTA = resolve(import.meta.dirname, '../../../dist/rota.js');
const SHELL = '$(touch pwned) `touch pwned`; touch pwned | touch pwned && touch pwned';
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
const LOOKS = [['list'], ['show', 'A1'], ['next', 'developer', '--explain'], ['status'], ['log'], ['check']];

test('shell text and format strings in every field stay text, from picking to landing', async () => {
  const repo = project(sandbox(), {
    'backlog/A1-good.md': `${task(
      `title: '%s %n %d {{id}} ${SHELL}'`,
      'status: ready',
      `owner: '${SHELL}'`,
      `touches: ['src/${SHELL}/**', 'src/**']`,
    )}${SHELL}\n\n- [ ] ${SHELL}\n`,
    'backlog/A2-$(touch pwned).md': task(
      `title: '${SHELL}'`,
      'type: bug',
      'status: ready',
      'role: developer',
    ),
  });
  for (const args of LOOKS) expect((await repo.rota(args)).stderr).not.toContain('rota: ');
  expect((await repo.json(['add', SHELL, '--body', SHELL])).id).toBe('A3');
  expect((await repo.json(['edit', 'A3', `title=${SHELL}!`])).commit).not.toBeNull();
  const ends = (await repo.json(['shift'])) as { outcome: string }[];
  expect(ends.map(({ outcome }) => outcome)).toEqual(['landed', 'landed']);
  expect(repo.git('log', '-1', '--format=%s', '--grep=A1', 'main')).toContain('touch pwned');
  const found = execFileSync('find', [repo.sandbox.folder, '-name', 'pwned*'], { encoding: 'utf8' });
  expect(found).toBe('');
});

test('terminal control never reaches a terminal: from titles, names, bodies, agents, gates, remotes', async () => {
  const evil = '\u001b[31mred\u001b]0;owned\u0007\u009b2J\u202eflip';
  const repo = project(sandbox(), {
    'backlog/A1-good.md': `${task('title: A good one', 'status: ready')}${evil}\n\n## Notes\n\n${evil}\n\n## Log\n\n2025-12-02 11:03:23 UTC | ${evil} | A1 | ${evil} | ${evil}\n`,
    [`backlog/A2-${evil.replaceAll('/', '')}.md`]: task(`title: ${evil}`),
    'backlog/A3-x.md': task('title: a', `status: '${evil}'`, `${evil.slice(5, 8)}\u0085: x`),
    'tools/agent.sh': `cat >/dev/null\nmkdir -p src\necho hi > "src/x.txt"\nprintf '\\033[31m%s' agent\nprintf -- '---\\noutcome: done\\nsummary: "\\\\e[31m \\\\u202e"\\n---\\n' > "$ROTA_RESULT"\n`,
    'rota.yaml':
      'gate: ["printf \'\\\\033[31mgate\\\\033]0;x\\\\007\'; exit 1"]\nagents:\n  mine: {command: [sh, tools/agent.sh], prompt: stdin}\n',
  });
  for (const args of [...LOOKS, ['run', 'developer'], ...LOOKS]) {
    const ran = await repo.rota(args);
    expect(ran.stdout, args.join(' ')).not.toMatch(CONTROL);
    expect(ran.stderr, args.join(' ')).not.toMatch(CONTROL);
    expect(`${ran.stdout}${ran.stderr}`).not.toContain('this is a bug');
  }
  const git = repo.git('log', '--format=%B', '--all');
  expect(git).not.toMatch(CONTROL);
  const missing = await repo.rota(['show', `A9${evil}`]);
  expect(missing.stderr).not.toMatch(CONTROL);
  expect((await repo.rota(['run', evil])).stderr).not.toMatch(CONTROL);
});

test('80 columns hold on a terminal, whatever a title is long or wide', async () => {
  const repo = project(sandbox(), {
    'backlog/A2-long.md': task(`title: ${'long '.repeat(59)}`, 'status: ready', 'role: developer'),
    'backlog/A3-wide.md': task(`title: ${'漢字👩‍👩‍👧é'.repeat(20)}`, 'status: ready'),
    'backlog/ABCDEFGHIJKLMNOP-123456-x.md': task('title: x', 'status: ready'),
  });
  for (const args of ['list', 'status', 'next developer --explain']) {
    const line = `stty cols 80; "${process.execPath}" "${ROTA}" ${args}`;
    const env = { ...repo.sandbox.env, COLUMNS: '80', SHELL: '/bin/sh' };
    const shown = execFileSync('script', ['-qec', line, '/dev/null'], {
      cwd: repo.root,
      env,
      encoding: 'utf8',
    });
    const plain = shown.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
    for (const one of plain.split(/\r?\n/)) expect(widthOf(one), one).toBeLessThanOrEqual(80);
  }
});

/** Columns on a terminal: wide characters are two, joined and combining ones none. */
function widthOf(text: string): number {
  return [...new Intl.Segmenter('en').segment(text)]
    .map(({ segment }) => (/\p{Extended_Pictographic}|\p{Script=Han}/u.test(segment) ? 2 : 1))
    .reduce<number>((sum, one) => sum + one, 0);
}
