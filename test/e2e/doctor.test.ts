import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isThere } from '../support/is-there.ts';
import type { Sandbox } from '../support/repo.ts';
import { type Scene, scene } from '../support/scene.ts';

interface Finding {
  readonly area: string;
  readonly state: 'good' | 'warning' | 'bad';
  readonly says: string;
  readonly mend: string | null;
}

/** What it finds, and that the exit code agrees. */
async function doctor(s: Scene, env: Record<string, string> = {}) {
  const { code, stdout } = await s.home.rota(['doctor', '--json'], { env });
  const findings: Finding[] = JSON.parse(stdout).findings;
  expect(code).toBe(findings.some(({ state }) => state === 'bad') ? 1 : 0);
  return { code, of: (area: string) => findings.filter((finding) => finding.area === area) };
}

/** A program on PATH that says `answer` to `--version`. */
function install(box: Sandbox, name: string, answer: string): Record<string, string> {
  const folder = join(box.folder, 'programs');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\nenv > ${folder}/${name}.env\n${answer}\n`);
  chmodSync(join(folder, name), 0o755);
  return { PATH: `${folder}:${box.env['PATH']}` };
}

test('a repository that has everything: nothing is bad, and nothing is written', async () => {
  const s = await scene();
  const before = s.home.git('for-each-ref', '--format=%(refname) %(objectname)');
  const { code, of } = await doctor(s);
  expect(code).toBe(0);
  for (const area of ['git', 'repository', 'identity', 'config', 'remote', 'gate', 'disk', 'leftovers'])
    expect(of(area)[0], area).toMatchObject({ area, state: 'good', mend: null });
  expect(of('isolation')).toEqual([
    expect.objectContaining({ state: 'warning', says: expect.stringContaining('developer') }),
  ]);
  expect(s.home.git('for-each-ref', '--format=%(refname) %(objectname)')).toBe(before);
  expect(s.home.git('status', '--porcelain')).toBe('');
});

test('in words: a line each, what to do below, and the sum', async () => {
  const s = await scene({ config: { gate: '[[no-such-program, --all]]' } });
  const { code, stdout } = await s.home.rota(['doctor']);
  expect(code).toBe(1);
  expect(stdout).toContain('✖ gate        gate `no-such-program --all`: no-such-program is not on PATH\n');
  expect(stdout).toContain('→ Install no-such-program, or change rota.yaml.\n');
  expect(stdout).toMatch(/\n1 to mend before roles can run, \d to know about\.\n$/);
});

test('a remote that takes pushes; one that can only be read; one that is gone', async () => {
  const s = await scene({ hub: 'file' });
  expect((await doctor(s)).of('remote')[0]).toMatchObject({
    state: 'good',
    says: 'origin can be read and takes pushes',
  });
  expect(s.shared.git('for-each-ref', 'refs/rota/')).toBe('');

  s.home.git('remote', 'set-url', '--push', 'origin', join(s.box.folder, 'nowhere.git'));
  const [readOnly] = (await doctor(s)).of('remote');
  expect(readOnly).toMatchObject({ state: 'bad', mend: expect.stringContaining('may push') });
  expect(readOnly?.says).toContain('origin can be read, but takes no push: ');

  s.home.git('remote', 'set-url', '--delete', '--push', 'origin', '.*');
  rmSync(s.shared.root, { recursive: true, force: true });
  const [gone] = (await doctor(s)).of('remote');
  expect(gone).toMatchObject({ state: 'bad', says: expect.stringContaining('origin cannot be read: ') });
});

test('clients: version, login, a key that is not passed on, one that does not start', async () => {
  const s = await scene({ config: { agents: '{claude: {preset: claude}}' }, role: { agent: 'claude' } });
  expect((await doctor(s)).of('agents')[0]).toMatchObject({
    state: 'bad',
    says: 'claude: claude is not on PATH',
    mend: 'Install claude, or change agents in rota.yaml.',
  });

  const env = install(s.box, 'claude', 'echo "2.1.330 (Claude Code)"');
  const [loggedOut] = (await doctor(s, env)).of('agents');
  expect(loggedOut?.says).toBe('claude: claude 2.1.330 (Claude Code), no key and no login were found');
  expect(loggedOut).toMatchObject({ state: 'warning', mend: expect.stringMatching(/\S/) });

  const [kept] = (await doctor(s, { ...env, ANTHROPIC_API_KEY: 'k' })).of('agents');
  expect(kept).toMatchObject({ state: 'warning', mend: 'Add it there: env: [ANTHROPIC_API_KEY]' });

  s.home.commit('pass the key on', {
    'rota.yaml': `${s.home.read('rota.yaml').replace(/^env:.*\n/m, '')}env: [ANTHROPIC_API_KEY]\n`,
  });
  const [ready] = (await doctor(s, { ...env, ANTHROPIC_API_KEY: 'k' })).of('agents');
  expect(ready).toEqual({
    area: 'agents',
    state: 'good',
    says: 'claude: claude 2.1.330 (Claude Code)',
    mend: null,
  });

  install(s.box, 'claude', 'echo "Cannot find module" >&2; exit 1');
  const [broken] = (await doctor(s, env)).of('agents');
  expect(broken).toMatchObject({ state: 'bad', says: 'claude: claude does not start: Cannot find module' });
});

test('asking for a version shows no key to a client', async () => {
  const s = await scene({
    config: { agents: '{claude: {preset: claude}}', env: '[ANTHROPIC_API_KEY]' },
    role: { agent: 'claude' },
  });
  const env = install(s.box, 'claude', 'echo 2.1.330');
  const { stdout } = await s.home.rota(['doctor', '--json'], {
    env: { ...env, ANTHROPIC_API_KEY: 'hidden-key' },
  });
  expect(stdout).toContain('claude 2.1.330');
  expect(readFileSync(join(s.box.folder, 'programs', 'claude.env'), 'utf8')).not.toContain('hidden-key');
});

test('what is broken is named beside everything else: no identity, a broken rota.yaml', async () => {
  const s = await scene();
  s.home.commit('break it', { 'rota.yaml': 'gate: [\n' });
  s.home.git('config', '--global', '--unset', 'user.name');
  const { of } = await doctor(s);
  expect(of('identity')[0]).toMatchObject({
    state: 'bad',
    mend: expect.stringContaining('git config --global'),
  });
  expect(of('config')[0]).toMatchObject({ state: 'bad' });
  expect(of('repository')[0]).toMatchObject({ state: 'good' });
});

test('outside a repository, and without git', async () => {
  const s = await scene();
  const outside = join(s.box.folder, 'outside');
  mkdirSync(outside);
  const nowhere = await s.home.rota(['-C', outside, 'doctor', '--json']);
  expect(nowhere.code).toBe(1);
  const [git, repository] = JSON.parse(nowhere.stdout).findings;
  expect(git).toMatchObject({ area: 'git', state: 'good' });
  expect(repository).toMatchObject({ area: 'repository', state: 'bad' });

  const without = await s.home.rota(['doctor', '--json'], { env: { PATH: join(s.box.folder, 'empty') } });
  expect(without.code).toBe(1);
  expect(JSON.parse(without.stdout).findings).toEqual([
    { area: 'git', state: 'bad', says: 'git was not found', mend: 'Install git 2.38 or newer.' },
  ]);
});

test('a worker that died is named, with the command that cleans up', async () => {
  const s = await scene();
  s.agent.script('A1', [{ pause: 'working' }]);
  const running = s.start(['run', 'developer']);
  await s.agent.reached('working');
  running.kill('SIGKILL');
  // It printed no document.
  await expect(running.ended).rejects.toThrow('not one JSON document');
  const left = (await doctor(s)).of('leftovers');
  expect(left[0]).toMatchObject({ state: 'warning', mend: 'rota sweep' });
  expect(left[0]?.says).toContain('A1');
  // The agent outlived its worker.
  await s.rota(['sweep']);
  expect((await doctor(s)).of('leftovers')[0]).toMatchObject({ state: 'good' });
});

test.skipIf(!isThere('bwrap', '--version'))(
  'isolation is tried as a run would: it works, or bwrap is missing',
  async () => {
    const s = await scene({ role: { isolation: 'bwrap' } });
    expect((await doctor(s)).of('isolation')).toEqual([
      { area: 'isolation', state: 'good', says: 'bwrap for developer works', mend: null },
    ]);
    const folder = join(s.box.folder, 'only-git');
    mkdirSync(folder);
    symlinkSync(execFileSync('which', ['git'], { encoding: 'utf8' }).trim(), join(folder, 'git'));
    const [missing] = (await doctor(s, { PATH: folder })).of('isolation');
    expect(missing).toMatchObject({ state: 'bad', mend: expect.stringContaining('apt install bubblewrap') });
  },
);
