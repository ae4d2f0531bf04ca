import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { landSoon } from '../support/aftermath.ts';
import { isThere } from '../support/is-there.ts';
import { expectTidy, type Scene, scene } from '../support/scene.ts';
import { until } from '../support/until.ts';

const HAS_BWRAP = isThere('bwrap', '--ro-bind', '/', '/', '--unshare-pid', 'true');
/** Green only in a box: in the person's HOME there is a .gitconfig. */
const GATE = '["test ! -e ~/.gitconfig && ls -A $HOME && test ! -e broken"]';
const WORK = 'echo work > src/new.txt; git add -A; git commit -qm "feat: work"';
const DONE = 'printf -- "---\\noutcome: done\\nsummary: did it\\n---\\n" > "$ROTA_RESULT"';

function boxed(script: string, role: Record<string, string | number> = {}): Promise<Scene> {
  return scene({
    role: { isolation: 'bwrap', ...role },
    config: { agents: '{mine: {command: [sh, tools/agent.sh], prompt: stdin}}', gate: GATE },
    files: { 'tools/agent.sh': script, '.gitignore': 'at-work\n' },
  });
}

const worktreeOf = (s: Scene) => join(s.home.root, '.worktrees/ai/developer/A1-greet-from-a1');
const runFolder = (s: Scene, run: string) => join(s.home.root, '.git/rota/runs', run);

/** Pids of this machine whose command line has these words. */
function running(words: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^[0-9]+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(words);
    } catch {
      return false;
    }
  });
}

describe.skipIf(!HAS_BWRAP)('a run in bubblewrap', () => {
  test('lands after a red gate and a second turn in the same HOME', async () => {
    const s = await boxed(
      `echo turn >> ~/session; ${WORK}; cat > prompt-seen; rm prompt-seen\n` +
        'if test "$(wc -l < ~/session)" = 1; then echo x > broken; git add -A; else git rm -qf broken; fi\n' +
        `git commit -qm "feat: turn"; cat ~/.gitconfig; ${DONE}`,
      { fixes: 1 },
    );
    const end = await s.run();
    expect(end, end.stderr).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expectTidy(s, end);
    expect(s.onMain('src/new.txt')).toBe('work\n');
    const events = readFileSync(join(runFolder(s, end.doc.run), 'events.jsonl'), 'utf8');
    expect(events).toContain(
      '"type":"isolation","isolation":"bwrap","says":"the agent can change its worktree',
    );
    expect(readFileSync(join(runFolder(s, end.doc.run), 'agent-1.log'), 'utf8')).toContain('No such file');
    expect(readdirSync(runFolder(s, end.doc.run)).filter((name) => name.startsWith('box'))).toEqual([]);
    expect(existsSync(join(s.box.env['HOME']!, 'session'))).toBe(false);
  });

  test('SIGKILL of the worker leaves no process; one sweep takes over commits, files and the lock', async () => {
    const mark = `86397.${process.pid}`;
    const s = await boxed(
      `${WORK}; echo half > src/half.txt; env -i setsid sleep ${mark} & setsid sleep ${mark} & touch at-work; sleep ${mark}`,
    );
    const worker = s.start(['run', 'developer']);
    const lost = worker.ended.catch(() => null);
    await until(() => existsSync(join(worktreeOf(s), 'at-work')), 'the agent does not work');
    expect(running(`sleep\0${mark}`).length).toBeGreaterThan(0);
    worker.kill('SIGKILL');
    await lost;
    await until(() => running(mark).length === 0, 'a process of the agent is alive');

    const [run = ''] = readdirSync(join(s.home.root, '.git/rota/runs'));
    expect(existsSync(join(runFolder(s, run), 'box/home'))).toBe(true);
    const swept = await s.rota(['sweep']);
    expect(swept.doc.freed).toMatchObject([{ task: 'A1' }]);
    const [branch = ''] = s.branches();
    expect(s.home.git('log', '--format=%s', `main..${branch}`)).toBe(
      'chore(A1): keep the work of a run that died\nfeat: work',
    );
    expect(s.home.git('show', `${branch}:src/half.txt`)).toBe('half');
    expect(existsSync(join(runFolder(s, run), 'box'))).toBe(false);
  });

  test('SIGTERM ends it in order, with its commits on the branch', async () => {
    const mark = `86396.${process.pid}`;
    const s = await boxed(`${WORK}; touch at-work; exec sleep ${mark}`);
    const worker = s.start(['run', 'developer']);
    await until(() => existsSync(join(worktreeOf(s), 'at-work')), 'the agent does not work');
    worker.kill('SIGTERM');
    const end = await worker.ended;
    expect(end).toMatchObject({ code: 143, doc: { outcome: 'interrupted' } });
    expect(running(mark)).toEqual([]);
    expect(s.home.git('log', '-1', '--format=%s', s.branches()[0] ?? '')).toBe('feat: work');
    writeFileSync(join(s.home.root, 'tools/agent.sh'), `${DONE}\n`);
    s.home.git('commit', '-qam', 'chore: an agent that ends');
    await landSoon(s);
  });

  test('time and stall limits hold', async () => {
    const s = await boxed('sleep 86395', { 'stall-limit': '1s' });
    const end = await s.run();
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'stalled' } });
    expectTidy(s, end);
  });

  test('a program that is not there is missing, not a failed attempt', async () => {
    const s = await scene({
      role: { isolation: 'bwrap' },
      config: { agents: '{mine: {command: [no-such-agent]}}' },
    });
    const end = await s.run();
    expect(end).toMatchObject({ code: 3, doc: { outcome: 'failed' } });
    expect(end.doc.reason).toContain('no-such-agent was not found');
  });

  test('rota land judges in the isolation of the role', async () => {
    const s = await boxed(`${WORK}; echo more >> README.md; git commit -qam more; ${DONE}`, {
      'may-edit': '["src/**"]',
    });
    const held = await s.run();
    expect(held).toMatchObject({ code: 1, doc: { outcome: 'held' } });
    const landed = await s.rota(['land', 'A1', '--accept', 'reads well']);
    expect(landed, landed.stderr).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  });
});

test('a machine without bubblewrap starts nothing, and says what to do', async () => {
  const s = await boxed(`${WORK}; ${DONE}`);
  const bin = join(s.box.folder, 'bin');
  s.home.git('config', 'core.x', bin);
  const { symlinkSync, mkdirSync } = await import('node:fs');
  mkdirSync(bin);
  for (const name of ['git', 'sh', 'env']) symlinkSync(`/usr/bin/${name}`, join(bin, name));
  s.box.env['PATH'] = bin;
  const end = await s.run();
  expect(end).toMatchObject({ code: 3, doc: { outcome: 'failed' } });
  expect(end.doc.reason).toMatch(/cannot isolate as the role asks: bwrap was not found\. Install bubblewrap/);
  expect(s.branches().map((branch) => s.home.git('log', '--format=%s', `main..${branch}`))).toEqual(
    s.branches().map(() => ''),
  );
});
