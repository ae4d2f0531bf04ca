import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { landings } from '../../support/aftermath.ts';
import { checkSound } from '../../support/checker/check-sound.ts';
import { ROTA } from '../../support/repo.ts';
import { expectIntact, expectTidy, type Scene, scene, taskFile, taskText } from '../../support/scene.ts';
import { hasSshd, startSshd } from '../../support/sshd.ts';

const WORK = { write: { 'src/a.txt': 'a\n' } };

describe.skipIf(!hasSshd())('a remote over ssh', () => {
  test('two clones race for one task: one lands it, the other is idle; no other ssh command is used', async () => {
    const { s, box } = await sshScene();
    const used = join(box.folder, 'used');
    s.home.git('config', 'core.sshCommand', `touch ${used}; false`);
    Object.assign(box.env, { GIT_SSH_COMMAND: `touch ${used}; false`, GIT_SSH: '/bin/false' });
    const other = s.clone('other');
    other.git('remote', 'set-url', 'origin', s.home.git('remote', 'get-url', 'origin'));
    s.agent.script('A1', [WORK, { pause: 'work' }]);
    const both = [s.start(['run', 'developer']), s.start(['run', 'developer'], other)];
    await s.agent.reached('work');
    expect(await Promise.race(both.map(({ ended }) => ended))).toMatchObject({
      code: 0,
      doc: { outcome: 'idle' },
    });
    s.agent.goOn('work');
    const ends = await Promise.all(both.map(({ ended }) => ended));
    expect(ends.map(({ doc }) => doc.outcome).toSorted()).toEqual(['idle', 'landed']);
    for (const end of ends) expectTidy(s, end);
    expect(landings(s)).toHaveLength(1);
    expect(s.branches(s.shared)).toEqual([]);
    expect(existsSync(used)).toBe(false);
    expectIntact(s, 'A1', 'done');
    const where = { shared: s.shared.root, clones: [s.home.root, other.root] };
    expect(await checkSound(where, { tasks: ['A1'] })).toEqual([]);
  });

  test.each([
    ['a server whose key is not known', 'known', 'Host key verification failed'],
    ['a key that the server does not let in', 'keys', 'Permission denied'],
  ])('%s: it says so at once and asks nobody', async (_, file, words) => {
    const { s, box } = await sshScene();
    writeFileSync(join(box.folder, 'sshd', file), '');
    const end = await s.run();
    expect(end).toMatchObject({ code: 3, doc: { error: { code: 'remote' } } });
    expect(end.doc.error.message).toContain(words);
    expect(end.doc.error.hint).toContain('~/.ssh/config');
    expect(s.record('A1')).toBe(null);
  });

  test.skipIf(spawnSync('unshare', ['--mount', 'true']).status !== 0)(
    'a host that only ~/.ssh/config knows, as people write it: git@hub:path',
    async () => {
      const { s, box, sshd } = await sshScene();
      s.home.git('config', '--global', '--unset', 'core.sshCommand');
      const ssh = join(box.env['HOME']!, '.ssh');
      mkdirSync(ssh, { mode: 0o700 });
      const host = `Host hub\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  User ${sshd.user}\n`;
      writeFileSync(join(ssh, 'config'), host + sshd.clientConfig, { mode: 0o600 });
      s.home.git('remote', 'set-url', 'origin', `hub:${s.shared.root}`);
      s.agent.script('A1', [WORK]);
      expect(JSON.parse(withHome(s, ['run', 'developer', '--json']))).toMatchObject({ outcome: 'landed' });
      expectIntact(s, 'A1', 'done');
    },
  );
});

async function sshScene() {
  const s = await scene({ hub: 'file', tasks: { [taskFile('A1')]: taskText('A1') } });
  const sshd = await startSshd(s.box, { shared: true });
  s.home.git('remote', 'set-url', 'origin', sshd.url(s.shared.root));
  return { s, sshd, box: s.box };
}

/** Rota where the user's home, which ssh reads from the system's list of users and not from HOME, is the sandbox's. */
function withHome(s: Scene, args: readonly string[]): string {
  const { env, folder } = s.box;
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  const own = users.map((line) => {
    const fields = line.split(':');
    return fields[2] === String(process.getuid?.()) ? fields.with(5, env['HOME']!).join(':') : line;
  });
  const path = join(folder, 'passwd');
  writeFileSync(path, own.join('\n'));
  const script = 'mount --bind "$1" /etc/passwd && shift && exec "$@"';
  const argv = ['--mount', 'sh', '-c', script, 'sh', path, process.execPath, ROTA, ...args];
  return execFileSync('unshare', argv, { cwd: s.home.root, env, encoding: 'utf8' });
}
