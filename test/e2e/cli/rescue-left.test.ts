import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scene } from '../../support/scene.ts';
import { resultText } from '../../support/scripted-agent.ts';
import { keep, RESCUES, rescueRepo, traceOf } from './rescue-repo.ts';

describe('what a run left', () => {
  test('ignored files of a landed run are listed, shown and restored, and home stays as it is', async () => {
    const s = await scene({ files: { '.gitignore': '*.log\n' } });
    s.agent.script('A1', [
      {
        write: { 'src/greet.txt': 'HELLO\n', 'trace.log': 'all that happened\n', 'deep/more.log': 'more\n' },
      },
      { result: resultText('outcome: done\nsummary: It greets.') },
    ]);
    const end = await s.run();
    expect(end.doc).toMatchObject({ outcome: 'landed', worktree: null });
    const before = traceOf(s.home);

    const { doc } = await s.rota(['rescue', 'list']);
    expect(doc.rescues).toMatchObject([
      {
        ...{ task: 'A1', kind: 'files', run: end.doc.run, branch: end.doc.branch, problem: null },
        ...{ files: 2, bytes: 23, staged: null },
        worktree: expect.stringContaining('/.worktrees/ai/developer/A1-'),
        name: expect.stringMatching(/^A1\/\d{8}T\d{6}Z$/),
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      },
    ]);
    const [{ name, ref, commit }] = doc.rescues;
    expect(s.home.git('rev-parse', ref)).toBe(commit);
    const words = (await s.home.rota(['rescue', 'list'])).stdout;
    expect(words).toMatch(/^NAME +AGE +FILES +SIZE +FROM$/m);
    expect(words).toMatch(new RegExp(`^${name} +\\d+ (s|min) +2 +23 B +ai/developer/A1-`, 'm'));

    const shown = await s.rota(['rescue', 'show', 'A1']);
    expect(shown.doc.files).toEqual([
      {
        path: 'deep/more.log',
        change: 'added',
        mode: '100644',
        bytes: 5,
        insertions: 1,
        deletions: 0,
        same: false,
      },
      {
        path: 'trace.log',
        change: 'added',
        mode: '100644',
        bytes: 18,
        insertions: 1,
        deletions: 0,
        same: false,
      },
    ]);
    expect(shown.doc.against).toMatchObject({ name: 'main', files: expect.any(Number) });
    expect((await s.home.rota(['rescue', 'show', name])).stdout).toMatch(
      /^added +18 B +\+1 -0 +trace\.log$/m,
    );
    expect(traceOf(s.home)).toBe(before);

    const to = join(s.box.folder, 'back');
    const restored = await s.rota(['rescue', 'restore', 'A1', '--to', '../back']);
    expect(restored).toMatchObject({ code: 0, doc: { folder: to, commit, links: [] } });
    expect(readFileSync(join(to, 'trace.log'), 'utf8')).toBe('all that happened\n');
    expect(readFileSync(join(to, 'deep/more.log'), 'utf8')).toBe('more\n');
    expect(readFileSync(join(to, 'src/greet.txt'), 'utf8')).toBe('HELLO\n');
    expect(existsSync(join(to, '.git'))).toBe(false);
    expect(traceOf(s.home)).toBe(before);

    const branch = await s.rota(['rescue', 'restore', 'A1']);
    expect(branch).toMatchObject({ code: 0, doc: { restored: `rescue/${name}` } });
    expect(s.home.git('rev-parse', `refs/heads/rescue/${name}`)).toBe(commit);
  });

  test('what moving main held aside is named: old versions, and saves that came late', async () => {
    const s = await scene();
    s.agent.script('A1', [{ write: { 'src/greet.txt': 'HELLO\n' } }]);
    expect((await s.run()).doc.outcome).toBe('landed');
    const { doc } = await s.rota(['rescue', 'list']);
    const old = doc.held.find(({ path }: { path: string }) => path === join(s.home.root, 'src/greet.txt'));
    expect(old).toMatchObject({ changed: false, bytes: 6 });
    expect(readFileSync(old.kept, 'utf8')).toBe('hello\n');
    expect((await s.home.rota(['rescue', 'list'])).stdout).toContain('Old versions, held for a day');

    // An editor that had the file open saves into it.
    writeFileSync(old.kept, 'hello, as I saved it\n');
    const after = (await s.rota(['rescue', 'list'])).doc;
    expect(after.held.filter(({ changed }: { changed: boolean }) => changed)).toMatchObject([
      { path: old.path, kept: old.kept, bytes: 21 },
    ]);
    const words = (await s.home.rota(['rescue', 'list'])).stdout;
    expect(words).toContain(`${old.path} 21 B\n    ${old.kept}`);
  });

  test('commits that no branch had are told with what the sweep noted about them', async () => {
    const repo = rescueRepo();
    const name = 'A1/20261121T010101Z';
    keep(repo, name, (folder) => writeFileSync(join(folder, 'x.txt'), 'x\n'), 'feat: mine\n\nRun: FORGED');
    const noted = { action: 'rescued', task: 'A1', run: 'R1', branch: 'ai/developer/A1-x', worktree: '/w' };
    const line = { at: '2026-11-21T01:01:01.000Z', by: 'pat@host', ...noted, rescue: RESCUES + name };
    repo.write('.git/rota/sweeps.jsonl', `torn{\n${JSON.stringify({ ...line, reason: 'kept' })}\n`);
    expect((await repo.json(['rescue', 'list'])).rescues).toMatchObject([
      { name, kind: 'commits', run: 'R1', branch: 'ai/developer/A1-x', worktree: '/w', files: 1, bytes: 2 },
    ]);
    expect(await repo.json(['rescue', 'show', 'A1'])).toMatchObject({
      onlyHere: 1,
      against: { name: 'main' },
    });
    rmSync(join(repo.root, '.git/rota/sweeps.jsonl'));
    // Its message is the agent's: nothing in it is believed.
    expect((await repo.json(['rescue', 'list'])).rescues).toMatchObject([{ run: null, branch: null }]);
    repo.git('update-ref', 'refs/heads/main', `${RESCUES}${name}`);
    expect(await repo.json(['rescue', 'show', 'A1'])).toMatchObject({ onlyHere: 0, files: [{ same: true }] });
  });
});
