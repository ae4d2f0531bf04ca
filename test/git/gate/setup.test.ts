import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gateRig } from './fixture.ts';

const FILES = { '.gitignore': 'deps\n', 'package.json': '{}\n', 'tracked.txt': 'as committed\n' };
/** Installs something and counts how often it was asked to. */
const INSTALL =
  'echo x >> "$HOME/count"; mkdir -p deps/bin deps/empty; echo lib > deps/lib; chmod 555 deps/lib; ln -s ../lib deps/bin/lib; chmod 750 deps/bin';

test('setup runs once for two gates; modes, links and empty folders come along', async () => {
  const { judge, box, repository } = await gateRig(FILES);
  const look =
    'test "$(cat deps/bin/lib)" = lib && test -L deps/bin/lib && test -x deps/lib && test -d deps/empty && test "$(ls -ld deps/bin | cut -c1-10)" = drwxr-x---';
  expect(await judge([look], {}, [INSTALL])).toMatchObject({
    verdict: 'green',
    checks: [{}, {}, { passed: true }, {}],
  });
  expect(await judge([look], {}, [INSTALL])).toMatchObject({
    verdict: 'green',
    checks: [{}, {}, { name: look }],
  });
  expect(readFileSync(join(box.env['HOME']!, 'count'), 'utf8')).toBe('x\n');
  expect(readdirSync(join(repository.cacheDir, 'setup'))).toHaveLength(1);
});

test('a gate that writes into its dependencies changes no later gate', async () => {
  const { judge } = await gateRig(FILES);
  const spoil = 'test "$(cat deps/lib)" = lib && chmod 755 deps/lib && echo spoiled > deps/lib';
  for (let time = 0; time < 3; time++)
    expect(await judge([spoil], {}, [INSTALL])).toMatchObject({ verdict: 'green' });
});

test('setup runs again when a manifest, its own script or its command changes, and not for other files', async () => {
  const { judge, repo, box } = await gateRig({ ...FILES, 'tools/setup.sh': INSTALL });
  const count = () => readFileSync(join(box.env['HOME']!, 'count'), 'utf8').length / 2;
  const setup = 'sh ./tools/setup.sh';
  await judge(['true'], {}, [setup]);
  repo.commit('feat: other', { 'tracked.txt': 'b\n' });
  await judge(['true'], {}, [setup]);
  expect(count()).toBe(1);
  repo.commit('chore: manifest', { 'packages/a/package.json': '{}\n' });
  await judge(['true'], {}, [setup]);
  expect(count()).toBe(2);
  repo.commit('chore: script', { 'tools/setup.sh': `${INSTALL}; true` });
  await judge(['true'], {}, [setup]);
  expect(count()).toBe(3);
  await judge(['true'], {}, [`${setup} again`]);
  expect(count()).toBe(4);
});

test('what setup does to tracked files is undone, the first time as later', async () => {
  const { judge } = await gateRig(FILES);
  const setup = `${INSTALL}; echo changed > tracked.txt; rm package.json; git config user.name X; mkdir -p .git/hooks; touch .git/hooks/pre-commit`;
  const look =
    'test "$(cat tracked.txt)" = "as committed" && test -z "$(git status --porcelain)" && test "$(git config user.name)" != X && test ! -e .git/hooks/pre-commit';
  for (let time = 0; time < 2; time++)
    expect(await judge([look], {}, [setup])).toMatchObject({ verdict: 'green' });
});

test('sources are newer than what an earlier gate built from others', async () => {
  const { judge } = await gateRig(FILES);
  await judge(['true'], {}, [INSTALL]);
  expect(
    await judge(['test tracked.txt -nt deps/lib || ! test deps/lib -nt tracked.txt'], {}, [INSTALL]),
  ).toMatchObject({ verdict: 'green' });
});

test('a path that is tracked by now wins over the snapshot', async () => {
  const { judge, repo } = await gateRig(FILES);
  await judge(['true'], {}, [INSTALL]);
  repo.git('rm', '-q', '.gitignore');
  repo.commit('feat: deps are a file', { deps: 'tracked\n' });
  expect(await judge(['test "$(cat deps)" = tracked'], {}, [INSTALL])).toMatchObject({ verdict: 'green' });
});

test('dependencies that name their folder are only brought to that folder', async () => {
  const { judge, box } = await gateRig(FILES);
  const venv = 'echo x >> "$HOME/count"; mkdir deps; pwd > deps/prefix';
  const look = 'test "$(cat deps/prefix)" = "$(pwd)"';
  const meet = (own: string, other: string) =>
    `${look}; touch "$HOME/${own}"; until [ -e "$HOME/${other}" ]; do :; done; ${look}`;
  await judge([look], {}, [venv]);
  const reports = await Promise.all([
    judge([meet('a', 'b')], {}, [venv]),
    judge([meet('b', 'a')], { turn: 2 }, [venv]),
  ]);
  expect(reports.map(({ verdict }) => verdict)).toEqual(['green', 'green']);
  // Two that want a folder at the same moment may both leave it and take others.
  expect(readFileSync(join(box.env['HOME']!, 'count'), 'utf8')).toMatch(/^(?:x\n){2,3}$/);
});

test('a snapshot that lost a file is not used', async () => {
  const { judge, repository, box } = await gateRig(FILES);
  await judge(['true'], {}, [INSTALL]);
  const [key] = readdirSync(join(repository.cacheDir, 'setup'));
  rmSync(join(repository.cacheDir, 'setup', key!, 'files/deps/lib'));
  expect(await judge(['cat deps/bin/lib'], {}, [INSTALL])).toMatchObject({ verdict: 'green' });
  expect(readFileSync(join(box.env['HOME']!, 'count'), 'utf8')).toBe('x\nx\n');
});

test.each([
  [
    'in place, with its times put back',
    'T=$(stat -c %y deps/lib); chmod 755 deps/lib; echo evil > deps/lib; chmod 555 deps/lib; touch -d "$T" deps/lib',
  ],
  ['by another one', 'rm -f deps/lib; echo evil > deps/lib; chmod 555 deps/lib'],
  ['by a link', 'ln -sf /bin/true deps/bin/lib'],
  ['and the mark of it with it', 'chmod 755 deps/lib; echo evil > deps/lib; touch -d "+1 hour" ../entries'],
])('a snapshot in which something was changed %s is dropped, said, and made again', async (_how, sh) => {
  const { judge, repository, box, events } = await gateRig(FILES);
  await judge(['true'], {}, [INSTALL]);
  await judge(['true'], {}, [INSTALL]);
  const count = () => readFileSync(join(box.env['HOME']!, 'count'), 'utf8').length / 2;
  expect(count()).toBe(1);
  const [key] = readdirSync(join(repository.cacheDir, 'setup'));
  execFileSync('sh', ['-c', sh], { cwd: join(repository.cacheDir, 'setup', key!, 'files') });
  expect(await judge(['test "$(cat deps/bin/lib)" = lib'], {}, [INSTALL])).toMatchObject({
    verdict: 'green',
  });
  expect(count()).toBe(2);
  expect(JSON.stringify(events)).toContain('in the cache, has been changed since by somebody');
  await judge(['true'], {}, [INSTALL]);
  expect(count()).toBe(2);
});

test('two gates that set up at once: both green, one snapshot', async () => {
  const { judge, repository } = await gateRig(FILES);
  const reports = await Promise.all([1, 2, 3].map((turn) => judge(['cat deps/lib'], { turn }, [INSTALL])));
  expect(reports.map(({ verdict }) => verdict)).toEqual(['green', 'green', 'green']);
  expect(readdirSync(join(repository.cacheDir, 'setup'))).toHaveLength(1);
});

test('setup that fails is red, plainly, and leaves no snapshot', async () => {
  const { judge, repository } = await gateRig(FILES);
  const report = await judge(['true'], {}, ['mkdir deps', 'echo lock file out of sync >&2; exit 1']);
  expect(report).toMatchObject({ verdict: 'red', failure: expect.stringContaining('lock file out of sync') });
  expect(report.failure).toMatch(/^The setup command failed: /);
  expect(report.checks.at(-1)).toMatchObject({ name: expect.stringMatching(/^setup: /), detail: 'exit 1' });
  expect(readdirSync(join(repository.cacheDir, 'setup'))).toEqual([]);
});

test('snapshots that are old or too many go', async () => {
  const { judge, repository } = await gateRig(FILES);
  const base = join(repository.cacheDir, 'setup');
  const setup = (n: number) => [`mkdir deps; echo ${n} > deps/n`];
  await judge(['true'], {}, setup(0));
  const [first] = readdirSync(base);
  utimesSync(join(base, first!, 'used'), new Date(0), new Date(0));
  await judge(['true'], {}, setup(1));
  expect(existsSync(join(base, first!))).toBe(false);
  for (let n = 2; n < 8; n++) await judge(['true'], {}, setup(n));
  expect(readdirSync(base).length).toBe(5);
});
