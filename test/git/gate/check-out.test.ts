import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gateRig } from './fixture.ts';

test('git works in the gate, and nothing done there reaches the repository', async () => {
  const { judge, repo, runFolder } = await gateRig();
  repo.commit('feat: second', { 'a.txt': 'a\n' });
  const before =
    repo.git('for-each-ref') + repo.git('status', '--porcelain') + repo.git('config', '--list', '--local');
  const head = repo.git('rev-parse', 'HEAD');
  const command = [
    'test -z "$(git status --porcelain)"',
    'test "$(git rev-parse HEAD)" = "$EXPECTED"',
    'test "$(git branch --show-current)" = main',
    'test "$(git log --format=%s | tr "\\n" ,)" = "feat: second,chore: first,"',
    'test -z "$(git remote)"',
    'echo b > a.txt && git commit -qam "test: in the gate" && git tag t && git branch other && git update-ref refs/rota/x HEAD',
    'test "$(git log -1 --format=%ae)" = pat@example.org',
  ].join(' && ');
  const report = await judge([`EXPECTED=${head}; ${command}`]);
  expect(report.verdict, readFileSync(join(runFolder, 'gate-1-1.log'), 'utf8')).toBe('green');
  expect(
    repo.git('for-each-ref') + repo.git('status', '--porcelain') + repo.git('config', '--list', '--local'),
  ).toBe(before);
});

test('no filter, hook or attribute of the repository takes part', async () => {
  const { judge, repo, box } = await gateRig({
    'a.txt': 'as committed\n',
    '.gitattributes': '*.txt filter=evil\n',
  });
  const ran = join(box.folder, 'ran');
  repo.git('config', 'filter.evil.smudge', `sh -c 'touch ${ran}; echo smudged'`);
  repo.git('config', 'filter.evil.required', 'true');
  repo.git('config', 'core.fsmonitor', `touch ${ran}`);
  mkdirSync(join(repo.root, '.git/hooks'), { recursive: true });
  for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction'])
    writeFileSync(join(repo.root, '.git/hooks', hook), `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
  writeFileSync(join(repo.root, '.git/info/attributes'), '*.txt ident\n');
  expect(
    await judge(['test "$(cat a.txt)" = "as committed" && test -z "$(git status --porcelain)"']),
  ).toMatchObject({ verdict: 'green' });
  expect(existsSync(ran)).toBe(false);
});

test('modes, links, odd names and a replaced object: the bytes of the tree', async () => {
  const { judge, repo } = await gateRig({
    'run.sh': '#!/bin/sh\nexit 0\n',
    'ü "x"\n.txt': 'odd\n',
    'old.txt': 'tree\n',
  });
  repo.git('config', 'core.symlinks', 'true');
  repo.write('replacement', 'replaced\n');
  const other = repo.git('hash-object', '-w', 'replacement');
  repo.git('replace', repo.git('rev-parse', 'HEAD:old.txt'), other);
  repo.git(
    'update-index',
    '--add',
    '--cacheinfo',
    `120000,${repo.git('hash-object', '-w', 'replacement')},link`,
  );
  repo.git('commit', '-qm', 'link');
  expect(
    await judge([
      './run.sh && test -L link && test "$(cat old.txt)" = tree && test -f "$(printf \'ü "x"\\n.txt\')"',
    ]),
  ).toMatchObject({ verdict: 'green' });
});

test('a shallow clone: git log ends where the history does', async () => {
  const rig = await gateRig();
  rig.repo.commit('feat: second', { a: 'a' });
  const clone = rig.box.clone(rig.repo.root, 'full');
  clone.git('fetch', '-q', '--depth=1', `file://${rig.repo.root}`, 'main');
  const { openRepository } = await import('../../../src/store/repository.ts');
  const shallow = rig.box.repo('empty');
  shallow.git('fetch', '-q', '--depth=1', `file://${rig.repo.root}`, 'main');
  const report = await rig.judge(['test "$(git log --format=%s)" = "feat: second"'], {
    repository: await openRepository(rig.system, shallow.root),
    commit: shallow.git('rev-parse', 'FETCH_HEAD'),
  });
  expect(report.failure).toBe(null);
});
