import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJournals } from '../../../src/store/home/journal.ts';
import { moveMainLocally } from '../../../src/store/home/move-main-locally.ts';
import { replayJournals } from '../../../src/store/home/replay.ts';
import type { Repository } from '../../../src/store/repository.ts';
import { Death, dyingSystem, everyChange, scene } from './scene.ts';

/**
 * The process dies before its n-th call of a port, for every n; then a first replay dies as well, at another place for each n;
 * then two replays. Main is at old or at new, the checkout is exactly that, and a person's work is untouched.
 */
test('death at every call heals, and keeps a person’s bytes', { timeout: 300_000 }, async () => {
  const template = await scene({ change: everyChange });
  const { sandbox, old, next } = template;
  template.repo.git('update-ref', 'refs/rota/tasks/A1', old);
  template.repo.write('b.txt', 'staged\n');
  template.repo.git('add', 'b.txt');
  template.repo.write('b.txt', 'dirty on top\n');
  template.repo.write('other.txt', 'dirty\n');
  template.repo.write('tree2/mine.txt', 'untracked\n');
  rmSync(join(template.repo.root, '.git/hooks'), { recursive: true });
  const person = template.repo.git('status', '--porcelain', '-uall');
  const staged = template.repo.git('rev-parse', ':b.txt');
  const alive = sandbox.system();
  const seen = new Set<string>();
  let done = false;
  // Before there is a journal nothing has been written: there every fourth call will do.
  for (let n = 1, step = 4; !done; n += step) {
    const root = join(sandbox.folder, `copy-${n}`);
    cpSync(template.repo.root, root, { recursive: true, verbatimSymlinks: true });
    const gitDir = join(root, '.git');
    const repository: Repository = {
      ...template.repository,
      gitDir,
      root,
      checkout: root,
      rotaDir: join(gitDir, 'rota'),
      place: { kind: 'repository', gitDir },
    };
    const git = (...args: string[]) => template.repo.git('-C', root, ...args);
    const read = (path: string) => readFileSync(join(root, path), 'utf8');
    const refs = [{ ref: 'refs/rota/tasks/A1', from: old, to: null }];
    const dying = dyingSystem(alive, n);
    try {
      await moveMainLocally(dying.system, repository, { branch: 'main', isOwn: () => false })({
        run: 'R',
        old,
        new: next,
        refs,
      });
      done = true;
    } catch (error) {
      if (!(error instanceof Death)) throw error;
    }
    if (step > 1 && (await readJournals(alive, repository)).journals.length > 0) {
      step = 1;
      n -= 4;
    }
    await replayJournals(dyingSystem(alive, 1 + ((n * 7) % 60)).system, repository).catch((error) => {
      if (!(error instanceof Death)) throw error;
    });
    await replayJournals(alive, repository);
    const said = await replayJournals(alive, repository);

    const where = `death at about call ${n}`;
    expect(said, where).toEqual([]);
    const refsNow = git('for-each-ref', '--format=%(objectname) %(refname)').split('\n');
    const main = refsNow.find((line) => line.endsWith(' refs/heads/main'))!.split(' ')[0]!;
    expect([old, next], where).toContain(main);
    seen.add(main);
    expect(refsNow.length, where).toBe(main === old ? 2 : 1);
    expect(git('status', '--porcelain', '-uall'), where).toBe(person);
    expect(git('rev-parse', ':b.txt'), where).toBe(staged);
    expect(read('b.txt'), where).toBe('dirty on top\n');
    expect(read('other.txt'), where).toBe('dirty\n');
    expect(read('tree2/mine.txt'), where).toBe('untracked\n');
    expect(await alive.files.list(join(root, '.git/rota/journal')), where).toEqual([]);
    expect(
      (await alive.files.list(join(root, '.git'))).map((entry) => entry.name),
      where,
    ).not.toContain('index.lock');
    rmSync(root, { recursive: true });
  }
  expect(seen).toEqual(new Set([old, next]));
});
