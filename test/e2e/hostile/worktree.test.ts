import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectSound, landings } from '../../support/aftermath.ts';
import { askAgain, hostileScene } from './canary.ts';

const WORK = { write: { 'src/a.txt': 'a\n' } };

/** A repository of the agent's own whose config runs the canary. */
const EVIL = (canary: string) =>
  `git init -q --bare ../../../../../evil.git && git --git-dir ../../../../../evil.git config core.fsmonitor ${canary}`;

test.each([
  ["the worktree's .git file", 'echo "gitdir: $(realpath ../../../../../evil.git)" > .git'],
  ['commondir', 'echo "$(realpath ../../../../../evil.git)" > "$(git rev-parse --git-dir)/commondir"'],
  ['gitdir', 'echo "$(realpath ../../../../../outside)/letters/.git" > "$(git rev-parse --git-dir)/gitdir"'],
  ["rota's mark", 'echo "01SOMEBODY ready" > "$(git rev-parse --git-dir)/rota-run"'],
])('%s leads elsewhere: refused, put back, and nothing there is run, read or removed', async (_what, sh) => {
  const s = await hostileScene();
  const { canary } = s;
  s.agent.script('A1', [WORK, { sh: EVIL(canary.command) }, { sh }], [WORK]);
  canary.listen();
  const end = await s.run('A1');
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
  expect(end.doc.reason).toContain('was changed; it is as it was again');
  expect((await s.rota(['sweep'])).code).toBe(0);
  canary.expectAlive();
  expect(s.home.git('-C', end.doc.worktree, 'show', 'HEAD:src/a.txt')).toBe('a');
  await expectSound(s);
});

test.each([
  ['.worktrees', 'W="$ROTA_HOME/.worktrees"'],
  ['.worktrees/ai/developer', 'W="$ROTA_HOME/.worktrees/ai/developer"'],
])(
  'a link in the place of %s to a folder of the person: nothing there is written or deleted',
  async (_what, sh) => {
    const s = await hostileScene();
    const { canary } = s;
    const replace = `${sh}; mv "$W" "$ROTA_HOME/../moved"; ln -s "${canary.outside}" "$W"`;
    s.agent.script('A1', [WORK, { sh: replace }], [WORK]);
    const end = await s.run('A1');
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
    expect(end.doc.reason).toContain('was replaced by a symbolic link');
    await s.rota(['sweep']);
    canary.expectAlive();
    // What the agent had written is where it moved it.
    expect(readdirSync(join(s.box.folder, 'moved')).length).toBeGreaterThan(0);
    await askAgain(s);
    expect(await s.run('A1')).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    canary.expectAlive();
  },
);

test.each([
  ['.git/rota', 'R="$ROTA_HOME/.git/rota"'],
  ["the run's own folder", 'R="$(dirname "$ROTA_PROMPT")"'],
  ['the folder of its result', 'R="$(dirname "$ROTA_RESULT")"'],
])('a link in the place of %s: put back, and nothing outside is written or deleted', async (_what, sh) => {
  const s = await hostileScene();
  const { canary } = s;
  s.agent.script(
    'A1',
    [WORK, { sh: `${sh}; mv "$R" "$ROTA_HOME/../moved"; ln -s "${canary.outside}" "$R"` }],
    [WORK],
  );
  const end = await s.run('A1');
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
  expect(end.doc.reason).toContain('was replaced by a symbolic link');
  await s.rota(['sweep']);
  canary.expectAlive();
  expect(s.record('A1')).toMatchObject({ state: 'blocked', lock: null });
});

test('a link that its worker did not live to see: no command writes through it, and says so', async () => {
  const s = await hostileScene();
  const { canary, home } = s;
  const steps = [
    // Only a worker that has noted its agent waits for it; one that cannot note it ends it.
    `until grep -q '"pgid": [0-9]' "$ROTA_HOME"/.git/rota/runs/*/run.json; do sleep 0.02; done`,
    `mv "$ROTA_HOME/.git/rota" "$ROTA_HOME/../moved"; ln -s "${canary.outside}" "$ROTA_HOME/.git/rota"`,
    `kill -9 $(awk '{print $4}' /proc/$PPID/stat)`,
  ];
  s.agent.script('A1', [WORK, ...steps.map((sh) => ({ sh }))]);
  await home.start(['run', 'developer', 'A1']).ended;
  for (const args of [['sweep'], ['run', 'developer'], ['add', 'Something']]) {
    const said = await s.rota(args);
    expect(said.code).not.toBe(0);
    expect(said.doc.error.message).toContain('.git/rota is a symbolic link');
  }
  canary.expectAlive();
  home.git('-c', 'alias.mend=!rm .git/rota && mv ../moved .git/rota', 'mend');
  expect(await s.rota(['sweep'])).toMatchObject({ code: 0, doc: { freed: [{ task: 'A1' }] } });
  await expectSound(s);
});

test("another run's worktree: what is written there is judged as that run's work", async () => {
  const s = await hostileScene();
  s.agent.script('A2', [{ write: { 'src/theirs.txt': 'theirs\n' } }, { pause: 'two' }]);
  const two = s.start(['run', 'developer', 'A2']);
  await s.agent.reached('two');
  const theirs = s.worktrees()[0]!;
  s.agent.script('A1', [WORK, { sh: `echo x > '${theirs}/broken'` }]);
  expect((await s.run('A1')).doc.outcome).toBe('landed');
  s.agent.goOn('two');
  expect(await two.ended).toMatchObject({ code: 1, doc: { outcome: 'red' } });
  s.canary.expectAlive();
  expect(landings(s, 'A2')).toEqual([]);
  expect(existsSync(join(theirs, 'src/theirs.txt'))).toBe(true);
});

test("the notes of another run that is over: put back, so that its worktree's files are not given up", async () => {
  const s = await hostileScene({ files: { '.gitignore': 'cache/\n' } });
  s.agent.script('A2', [{ write: { 'src/b.txt': 'b\n', 'cache/keep.txt': 'keep\n' } }, { exit: 1 }]);
  const two = await s.run('A2');
  const runs = join(s.home.root, '.git/rota/runs', two.doc.run);
  const facts = readFileSync(join(runs, 'run.json'), 'utf8');
  s.agent.script('A1', [WORK, { sh: `echo '{}' > '${runs}/run.json'` }]);
  const end = await s.run('A1');
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
  expect(end.doc.reason).toContain(`${runs}/run.json was changed; it is as it was again`);
  expect(readFileSync(join(runs, 'run.json'), 'utf8')).toBe(facts);
});
