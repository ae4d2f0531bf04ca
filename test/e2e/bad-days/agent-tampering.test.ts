import { expect, test } from 'vitest';
import { expectSound, landings, landSoon } from '../../support/aftermath.ts';
import { expectTidy, type Scene, scene } from '../../support/scene.ts';
import type { Step } from '../../support/scripted-agent.ts';

const WORK: readonly Step[] = [{ write: { 'src/a.txt': 'a\n' } }];

/** Runs the agent's steps, then asks what holds whatever they were. */
async function run(s: Scene, ...steps: readonly Step[]) {
  s.agent.script('A1', steps, WORK, WORK, WORK);
  const end = await s.run();
  expectTidy(s, end);
  await expectSound(s);
  return end;
}

test.each([
  ['core.hooksPath', 'git config core.hooksPath "$PWD/hooks"'],
  ['core.fsmonitor', 'git config core.fsmonitor "touch /nowhere"'],
  ['filter.x.clean', 'git config filter.x.clean "rm -rf /nowhere"'],
  ['alias', 'git config alias.status "!false"'],
  ['include.path', 'git config include.path /tmp/evil'],
  [
    'hook',
    'printf "#!/bin/sh\\nfalse\\n" > "$ROTA_HOME/.git/hooks/pre-commit"; chmod +x "$ROTA_HOME/.git/hooks/pre-commit"',
  ],
  ['attributes', 'echo "* filter=x" > "$ROTA_HOME/.git/info/attributes"'],
  ['replace ref', 'git replace $(git rev-parse HEAD:README.md) $(git rev-parse HEAD:src/greet.txt)'],
  [
    'worktree config',
    'git config extensions.worktreeConfig true && git config --worktree core.fsmonitor false',
  ],
])('an agent that tampers with git: %s', async (_what, sh) => {
  const s = await scene();
  s.agent.script('A1', [...WORK, { sh }]);
  const end = await s.run();
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
  expect(end.doc.reason).toContain("while the agent worked, the repository's ");
  expect(landings(s)).toEqual([]);
  expect(s.record('A1')).toMatchObject({ state: 'blocked', lock: null });
});

test.each([
  ['a symbolic link', `ln -s "${'$'}HOME/.gitconfig" "$ROTA_RESULT"`, 'not a plain file'],
  ['a folder', 'mkdir "$ROTA_RESULT"', 'not a plain file'],
  ['a pipe', 'mkfifo "$ROTA_RESULT"', 'not a plain file'],
  ['10 MB', 'head -c 10000000 /dev/zero | tr "\\0" x > "$ROTA_RESULT"', 'over 1 MiB'],
  ['malformed YAML', 'printf -- "---\\noutcome: [\\n---\\n" > "$ROTA_RESULT"', 'result cannot be read'],
  ['an unknown outcome', 'printf -- "---\\noutcome: perfect\\n---\\n" > "$ROTA_RESULT"', 'outcome'],
  ['bytes that are no text', 'printf "\\377\\376\\000" > "$ROTA_RESULT"', 'result cannot be read'],
])(
  'an agent whose result is %s: partial, the work is kept, the next run lands',
  async (_what, sh, reason) => {
    const s = await scene();
    const end = await run(s, ...WORK, { sh });
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'partial' } });
    expect(end.doc.reason).toContain(reason);
    expect(end.doc.reason).not.toContain('Pat Example');
    await landSoon(s);
  },
);
