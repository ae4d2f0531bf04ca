import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectSound } from '../../support/aftermath.ts';
import { hostileScene } from './canary.ts';

const WORK = { write: { 'src/a.txt': 'a\n' } };

test('what it does with the rights of its person and they could have done: all of it is said, and nothing is undone', async () => {
  const s = await hostileScene();
  const { home, box } = s;
  const side = join(box.folder, 'side');
  const bin = join(box.folder, 'bin');
  mkdirSync(bin);
  box.env['PATH'] = `${bin}:${box.env['PATH']}`;
  home.git('worktree', 'add', '-q', '-b', 'side', side);
  home.write('src/stashed.txt', 'theirs\n');
  home.git('stash', '-q', '-u');
  const stash = home.git('rev-parse', 'stash');
  home.write('half-done.txt', 'theirs\n');
  home.git('tag', 'v1');
  const cached = JSON.stringify({ v: 1, task: 'A2', commit: 'f'.repeat(40), base: 'f'.repeat(40) });
  s.agent.script('A1', [
    WORK,
    {
      sh: `echo evil > "$ROTA_HOME/half-done.txt"; echo evil > "$ROTA_HOME/.envrc"; rm "$ROTA_HOME/README.md"`,
    },
    {
      sh: `echo evil > staged.txt; git -C "$ROTA_HOME" update-index --add --cacheinfo 100644,$(git hash-object -w staged.txt),staged.txt; rm staged.txt`,
    },
    { sh: `echo evil > '${side}/src/greet.txt'` },
    { sh: `git -C "$ROTA_HOME" stash drop -q; git tag -f v1 HEAD~0 > /dev/null; git tag -d v1 > /dev/null` },
    {
      sh: `echo evil >> "$HOME/.bashrc"; mkdir -p "$HOME/.ssh"; echo evil > "$HOME/.ssh/authorized_keys"; echo evil > '${bin}/git-evil'`,
    },
    {
      sh: `G="$XDG_CACHE_HOME"; for d in "\${G:-$HOME/.cache}"/rota/project-*; do mkdir -p "$d/gated"; echo '${cached}' > "$d/gated/${'f'.repeat(40)}"; done`,
    },
    { sh: `: > "$ROTA_HOME/.git/logs/HEAD"` },
  ]);
  const end = await s.run('A1');
  expect(end, end.stderr).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  const by = 'by you or by the agent';
  const sentences = [
    `these changed in your checkout, ${by}: .envrc, README.md (deleted), half-done.txt, staged.txt (staged); nothing was undone`,
    `these changed in your worktree ${side}, ${by}: src/greet.txt; nothing was undone`,
    `${by}: tag v1 was removed (it was `,
    `a stash was dropped, ${by}; to have it again: git stash store ${stash}`,
    `what your programs start with was changed, ${by}: ${bin}, ${box.env['HOME']}/.bashrc, ${box.env['HOME']}/.ssh/authorized_keys`,
    `a note about what waits and needs no new gate in rota's cache was written although no other run was at work; it was removed`,
    `the log of your checkout (git reflog) was rewritten, by git gc, ${by}`,
  ];
  const events = readFileSync(join(home.root, '.git/rota/runs', end.doc.run, 'events.jsonl'), 'utf8');
  const why = await home.rota(['why', 'A1']);
  for (const sentence of sentences) {
    for (const text of [end.stderr, events]) expect(text).toContain(sentence);
    // Its lines are as wide as a terminal: a long path goes on in the next one.
    expect(why.stdout.replace(/\s+/g, '')).toContain(sentence.replace(/\s+/g, ''));
  }
  expect(home.read('half-done.txt')).toBe('evil\n');
  home.git('stash', 'store', stash);
  home.git('reset', '-q', '--', 'staged.txt');
  s.canary.expectAlive();
  await expectSound(s);
});

test('a commit in your checkout, and one on the remote under your name: named', async () => {
  const s = await hostileScene({ hub: 'file' });
  const { home, shared } = s;
  const evil = (on: string) => `$(git commit-tree -p ${on} -m evil '${on}^{tree}')`;
  s.agent.script('A1', [
    WORK,
    { sh: `git -C "$ROTA_HOME" commit -q --allow-empty -m 'evil here'` },
    {
      sh: `git push -q '${shared.root}' "${evil('main')}:refs/heads/main" || git fetch -q '${shared.root}' main && git push -q '${shared.root}' "${evil('FETCH_HEAD')}:refs/heads/main"`,
    },
  ]);
  const end = await s.run('A1');
  expect(end.doc.outcome, end.stderr).toBe('landed');
  expect(end.stderr).toMatch(
    /main got a commit that no run landed, by you or by the agent: [0-9a-f]{10} \(evil here\)/,
  );
  expect(end.stderr).toMatch(/main got a commit that no run landed, .*\(evil\), on the remote/);
  expect(home.git('log', '-1', '--format=%s')).toBe('evil here');
});

test('what the person does in a folder of theirs meanwhile is no warning, and costs the run nothing', async () => {
  const s = await hostileScene();
  s.agent.script('A1', [WORK, { pause: 'agent' }]);
  const { ended } = s.start(['run', 'developer', 'A1']);
  await s.agent.reached('agent');
  s.home.write('src/mine.txt', 'mine\n');
  writeFileSync(join(s.home.root, 'src/greet.txt'), 'mine\n');
  s.agent.goOn('agent');
  const end = await ended;
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(end.stderr).toMatch(
    /info.*these changed in your checkout, by you or by the agent: src\/greet.txt, src\/mine.txt;/,
  );
  expect(end.stderr).not.toContain('warning');
});
