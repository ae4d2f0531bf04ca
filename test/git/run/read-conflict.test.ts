import { expect, test } from 'vitest';
import { metLines } from '../../../src/plan/met-conflict.ts';
import { conflictText } from '../../../src/role/conflict-text.ts';
import { readConflict } from '../../../src/run/work/read-conflict.ts';
import { BRANCH, FILES, openTestProject } from '../worktree/open-test-project.ts';

/** Main and the branch of A1 after `base`; returns what an agent would be told about these files. */
async function material(
  { base = {}, branch, main }: { base?: Record<string, string>; branch: Change; main: Change },
  files: string[],
) {
  const { repo, project } = await openTestProject({ ...FILES, ...base });
  repo.git('checkout', '-q', '-b', BRANCH);
  branch(repo);
  repo.git('checkout', '-q', 'main');
  main(repo);
  const commit = repo.git('rev-parse', 'main');
  return { repo, project, met: await readConflict(project, { branch: BRANCH, main: commit, files }) };
}

type Change = (repo: Awaited<ReturnType<typeof openTestProject>>['repo']) => void;

const writes =
  (text: string, path = 'src/a.txt'): Change =>
  (repo) =>
    void repo.commit(`feat: ${text.slice(0, 5)}`, { [path]: text });

test('main’s log: landings by their trailers, nobody’s claim, first parents only, thirty at most', async () => {
  const { met } = await material(
    {
      branch: writes('mine\n'),
      main: (repo) => {
        for (let n = 0; n < 40; n++) repo.commit(`feat: step ${n}`, { 'src/a.txt': `${n}\n` });
        repo.commit('feat: elsewhere', { 'src/b.txt': 'x\n' });
        repo.git('checkout', '-q', '-b', 'work');
        repo.commit('feat: inside', { 'src/a.txt': 'inside\n' });
        repo.git('checkout', '-q', 'main');
        repo.git('merge', '-q', '--no-ff', '-m', 'feat(A7): land\n\nTask: A7\nGated: x', 'work');
        repo.commit('feat: says so\n\nTask: A8', { 'src/a.txt': 'y\n' });
        repo.commit('feat: odd\n\nTask: ../../x\nGated: x', { 'src/a.txt': 'z\n' });
      },
    },
    ['src/a.txt'],
  );
  expect(met.log.slice(0, 4).map(({ subject, task }) => [subject, task])).toEqual([
    ['feat: odd', null],
    ['feat: says so', null],
    ['feat(A7): land', 'A7'],
    ['feat: step 39', null],
  ]);
  expect(met.log.every(({ files }) => files.join() === 'src/a.txt')).toBe(true);
  expect(met.log).toHaveLength(30);
  expect(met.logCut).toBe(true);
  expect(conflictText(met)).toContain('feat(A7): land (src/a.txt, landed task A7)');
  expect(metLines(met)).toBe('met other commits in ["src/a.txt"]\nmet landing of A7 in ["src/a.txt"]');
});

test('a task file that merges by line and not by key: its versions are found by path', async () => {
  const file = 'backlog/A2-x.md';
  const text = (priority: string, more = '') =>
    `---\nid: A2\npriority: ${priority}\nx: 1\ny: 2\nz: 3\ntitle: T${more}\n---\nDo it.\n`;
  const { met } = await material(
    {
      base: { [file]: text('low') },
      branch: writes(text('high'), file),
      main: writes(text('low', '\npriority: medium'), file),
    },
    [file, 'src/gone.txt'],
  );
  // Git itself sees none.
  expect(met.said).toEqual([]);
  const [one, gone] = met.files;
  expect(one).toMatchObject({ base: { text: text('low') }, branch: { text: text('high') } });
  expect(one!.main!.text).toContain('priority: medium');
  expect(gone).toEqual({ file: 'src/gone.txt', base: null, branch: null, main: null, changes: null });
});

test('deleted files, programs, binaries and large texts are what they are', async () => {
  const { met } = await material(
    {
      base: {
        'src/bin': '\0old',
        'src/large.txt': 'line\n'.repeat(300_000),
        'src/long.txt': 'line\n'.repeat(2_000),
      },
      branch: (repo) => {
        repo.git('rm', '-q', 'src/a.txt');
        repo.write('src/b.txt', '#!/bin/sh\n');
        repo.write('src/bin', '\0mine');
        repo.write('src/large.txt', `mine\n${'line\n'.repeat(300_000)}`);
        repo.write('src/long.txt', `mine\n${'line\n'.repeat(2_000)}`);
        repo.git('add', '-A');
        repo.git('commit', '-qm', 'feat: mine');
      },
      main: (repo) => {
        repo.write('src/a.txt', 'changed\n');
        repo.write('src/b.txt', 'plain\n');
        repo.write('src/bin', '\0theirs');
        repo.write('src/large.txt', `theirs\n${'line\n'.repeat(300_000)}`);
        repo.write('src/long.txt', `theirs\n${'line\n'.repeat(2_000)}`);
        repo.git('add', '-A');
        repo.git('commit', '-qm', 'feat: theirs');
      },
    },
    ['src/a.txt', 'src/b.txt', 'src/bin', 'src/large.txt', 'src/long.txt'],
  );
  const [a, b, bin, large, long] = met.files;
  expect(a).toMatchObject({
    base: { text: 'a\n' },
    branch: null,
    main: { text: 'changed\n' },
    changes: null,
  });
  expect(b).toMatchObject({ branch: { kind: 'program' }, main: { kind: 'file' } });
  expect(bin).toMatchObject({ main: { binary: true, text: null, size: 7 }, changes: null });
  expect(large).toMatchObject({ main: { binary: false, text: null, size: 1_500_007 }, changes: null });
  expect(long!.changes).toEqual({
    branch: expect.stringMatching(/^@@ -1,3 \+1,4 @@\n\+mine\n line\n/),
    main: expect.stringMatching(/^@@ -1,3 \+1,4 @@\n\+theirs\n line\n/),
  });
  expect(met.said).toContainEqual(
    expect.stringMatching(/^CONFLICT \(modify\/delete\): src\/a\.txt deleted in ai\//),
  );
  const text = conflictText(met);
  expect(text).toContain('(not shown, 1500007 bytes)');
  expect(text.length).toBeLessThan(42_000);
});

test('no driver, filter, diff program or log setting of the repository takes part', async () => {
  const { repo, project } = await openTestProject({
    ...FILES,
    '.gitattributes': '*.txt diff=evil merge=evil filter=evil\n',
    'src/long.txt': 'line\n'.repeat(2_000),
  });
  repo.write('../evil.sh', `#!/bin/sh\ntouch ${repo.root}/../ran\n`);
  repo.git('checkout', '-q', '-b', BRANCH);
  repo.commit('feat: mine', { 'src/long.txt': `mine\n${'line\n'.repeat(2_000)}` });
  repo.git('checkout', '-q', 'main');
  repo.commit('feat: theirs', { 'src/long.txt': `theirs\n${'line\n'.repeat(2_000)}` });
  const evil = `${repo.root}/../evil.sh`;
  for (const key of [
    'diff.external',
    'diff.evil.command',
    'diff.evil.textconv',
    'merge.evil.driver',
    'filter.evil.smudge',
    'gpg.program',
  ])
    repo.git('config', key, evil);
  repo.git('config', 'log.showSignature', 'true');
  const main = repo.git('rev-parse', 'main');
  const met = await readConflict(project, { branch: BRANCH, main, files: ['src/long.txt'] });
  expect(met.files[0]!.changes!.main).toContain('+theirs\n');
  expect(repo.exists('../ran')).toBe(false);
});
