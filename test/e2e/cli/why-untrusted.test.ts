import { appendFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sandbox } from '../../support/repo.ts';
import { scene, taskFile } from '../../support/scene.ts';
import { type StoryEvent, why } from './ask-why.ts';
import { backlogRepo } from './backlog-repo.ts';

describe('what cannot be trusted', () => {
  test('damaged, missing and flooded run folders hide nothing else and cannot steer the terminal', async () => {
    const s = await scene();
    s.agent.script('A1', [{ write: { 'src/a.txt': 'a\n' } }]);
    const end = await s.run();
    const runs = join(s.home.root, '.git/rota/runs');
    const folder = join(runs, end.doc.run);
    const before = (await why(s)).events.filter(({ run }) => run === end.doc.run).length;
    const evil = JSON.stringify({
      ...{ at: '2026-11-21T05:00:00.000Z', role: 'developer', task: 'A1', run: end.doc.run },
      ...{ type: 'notice', level: 'warning', message: '\u001b]0;owned\u0007\u001b[2J\u202Egnp' },
    });
    appendFileSync(join(folder, 'events.jsonl'), `torn {\n${evil}\n{"at":1}\n`);
    // Without run.json its events say whose it was.
    mkdirSync(join(runs, 'LOST'));
    writeFileSync(join(runs, 'LOST/events.jsonl'), evil.replaceAll(end.doc.run, 'LOST'));
    mkdirSync(join(runs, 'ODD/events.jsonl'), { recursive: true });
    writeFileSync(join(runs, 'ODD/run.json'), '[]');
    mkdirSync(join(runs, 'FLOOD'));
    const facts = JSON.parse(s.home.read(`.git/rota/runs/${end.doc.run}/run.json`));
    writeFileSync(join(runs, 'FLOOD/run.json'), JSON.stringify({ ...facts, run: 'FLOOD' }));
    writeFileSync(join(runs, 'FLOOD/events.jsonl'), `${evil}\n`.repeat(60_000));
    const { doc, events } = await why(s);
    expect(events.filter(({ run }) => run === end.doc.run).length).toBe(before + 1);
    expect(doc.problems).toEqual([
      expect.stringMatching(/^run 01.*: 2 of \d+ lines of its events.jsonl cannot be read$/),
      "run FLOOD: its events.jsonl is too large to be rota's",
      'run LOST: its run.json is missing or damaged',
    ]);
    const { stdout, code } = await s.home.rota(['why', 'A1']);
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(stdout).toContain('What could not be read');

    // The folders may be pruned, and the task file may go: main still knows.
    rmSync(runs, { recursive: true });
    expect((await why(s)).find('main', 'landed')).toHaveLength(1);
    s.home.git('rm', '-q', taskFile('A1'));
    s.home.git('commit', '-qm', 'chore: tidy');
    expect((await why(s)).doc).toMatchObject({
      file: null,
      now: { words: 'main has no such task any more' },
    });
  });

  test('a message that quotes trailers, and a signature program, are nobody', async () => {
    const repo = await backlogRepo(sandbox(), { 'A1-x.md': 'title: X\nstatus: ready\n' });
    const gated = repo.git('rev-parse', 'HEAD^{tree}');
    repo.commit(`docs: how it looks\n\nTask: A1\nGated: ${gated}\n\nas in this example`, { 'x.md': 'x\n' });
    repo.write('sign.sh', '#!/bin/sh\ntouch "$HOME/owned"\n');
    repo.git('config', 'gpg.program', join(repo.root, 'sign.sh'));
    repo.git('config', 'log.showSignature', 'true');
    const signature = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----';
    const signed = repo.git('cat-file', 'commit', 'main').replace(/^committer .*$/m, `$&\n${signature}`);
    writeFileSync(join(repo.sandbox.folder, 'home/signed'), `${signed}\n`);
    const object = join(repo.sandbox.folder, 'home/signed');
    repo.git('update-ref', 'refs/heads/main', repo.git('hash-object', '-t', 'commit', '-w', object));
    const home = join(repo.sandbox.folder, 'home');
    repo.git('log', '-1');
    expect(readdirSync(home), 'what a plain git log runs here').toContain('owned');
    rmSync(join(home, 'owned'));
    const doc = await repo.json(['why', 'A01']);
    expect(doc.events.filter(({ event }: StoryEvent) => event === 'landed')).toEqual([]);
    expect(doc.events).toMatchObject([
      { source: 'main', event: 'changed', detail: expect.stringContaining('set up') },
    ]);
    expect(readdirSync(home)).not.toContain('owned');
  });
});
