import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sandbox } from '../../support/repo.ts';
import { until } from '../../support/until.ts';
import { FILES } from '../worktree/open-test-project.ts';
import { bwrapScene, HAS_BWRAP, put, textOf } from './bwrap-scene.ts';

const CANARY = 'nobody may read this';

describe.skipIf(!HAS_BWRAP)('what an agent in bubblewrap reaches', () => {
  test('no file of the person, no secret of the repository, no process', async () => {
    const s = await bwrapScene({
      inHome: { '.ssh/id': CANARY, '.npmrc': CANARY, '.config/gh/hosts.yml': CANARY, 'work/notes': CANARY },
      before: (repo, home) => {
        repo.write('.env', CANARY);
        repo.git('config', 'http.https://example.org/.extraheader', `Authorization: ${CANARY}`);
        put(join(repo.root, '.git/hooks/pre-commit'), `#!/bin/sh\n# ${CANARY}\n`);
        put(join(repo.root, '.git/rota/runs/OTHER/prompt.md'), CANARY);
        put(join(repo.root, '.worktrees/ai/tester/B1-x/secret'), CANARY);
        put(join(home, '..', 'elsewhere'), CANARY);
        repo.sandbox.env['PATH'] = '/usr/bin:/bin';
      },
    });
    const { out } = await s.inside(
      `grep -rIl '${CANARY.slice(0, 6)}' "$HOME" /tmp /root /home /mnt /srv /var /run ${s.repo.root} 2>/dev/null; ` +
        `cat ${s.repo.root}/.env ~/.ssh/id; git config --list; tr '\\0' '\\n' < /proc/1/environ; ls /proc`,
    );
    expect(out).not.toContain(CANARY);
    expect(out).not.toContain('extraheader');
    // Its own processes, and nothing of the machine's.
    const pids = out.split('\n').filter((line) => /^[0-9]+$/.test(line));
    expect(pids.length).toBeLessThan(8);
    expect(s.place.says).toMatch(/nothing else of yours; the network is open/);
  });

  test('nothing outside its worktree can be changed', async () => {
    const s = await bwrapScene({ inHome: { '.bashrc': 'mine\n' } });
    const git = join(s.repo.root, '.git');
    const files = [
      ...['.bashrc', '.profile', '.gitconfig'].map((name) => join(s.home, name)),
      ...['config', 'HEAD', 'hooks/pre-commit', 'info/attributes', 'rota/x', 'refs/heads/main'].map((name) =>
        join(git, name),
      ),
      ...['gitdir', 'commondir', 'locked', 'rota-run', 'config.worktree'].map((name) =>
        join(s.worktree.adminDir, name),
      ),
      ...['.git', '../planted', '../../../../planted'].map((name) => join(s.worktree.path, name)),
      ...['README.md', 'planted'].map((name) => join(s.repo.root, name)),
      ...['/etc/rota-planted', '/usr/bin/rota-planted', '/planted', '/tmp/rota-planted'],
    ];
    const before = files.map(textOf);
    const { out } = await s.inside(
      files.map((file) => `mkdir -p "$(dirname ${file})"; rm -f ${file}; echo planted > ${file}`).join('\n'),
    );
    expect(out).toMatch(/Read-only file system|busy/);
    // An empty one is made where bubblewrap needs a place for it.
    expect(files.map((file) => textOf(file) || null)).toEqual(before.map((text) => text || null));
    expect(readFileSync(join(s.worktree.path, '.git'), 'utf8')).toContain('gitdir: ');
  });

  test('settings of the machine are out of reach for its root, too', async () => {
    const s = await bwrapScene();
    const { out } = await s.inside(
      'for f in sys/kernel/core_pattern sys/kernel/hostname sys/vm/drop_caches sysrq-trigger mtrr; do' +
        ' test -w /proc/$f && echo "can write $f"; done; grep CapEff /proc/self/status;' +
        ' mount -t tmpfs none /mnt && echo mounted; mount -o remount,rw /usr && echo remounted; true',
    );
    expect(out).not.toMatch(/can write|mounted/);
    expect(out).toMatch(/CapEff:\s0+$/m);
  });

  test('the client is logged in with copies: what it writes there stays there', async () => {
    const s = await bwrapScene({
      login: ['.client/auth.json', '.client/more', '.not-there'],
      inHome: { '.client/auth.json': 'token', '.client/history': CANARY, '.client/more/a': 'b' },
    });
    const { out } = await s.inside(
      'cat ~/.client/auth.json ~/.client/more/a; ls ~/.client; echo evil > ~/.client/auth.json; echo x > ~/session',
    );
    expect(out).toContain('token');
    expect(out).not.toContain('history');
    expect(textOf(join(s.home, '.client/auth.json'))).toBe('token');
    // HOME stays from one program to the next, so that a session can go on.
    expect((await s.inside('cat ~/session ~/.client/auth.json')).out).toBe('x\nevil\n');
    await s.place.close();
    expect(existsSync(s.folder.file('box'))).toBe(false);
    expect(existsSync(join(s.home, 'session'))).toBe(false);
  });

  test('programs of version managers and of ~/.local run, and nothing beside them is there', async () => {
    const node = '.nvm/versions/node/v20.0.0';
    const s = await bwrapScene({
      inHome: {
        [`${node}/bin/fake-node`]: '#!/bin/sh\necho node of nvm\n',
        [`${node}/lib/node_modules/tool/cli.sh`]: '#!/bin/sh\n. "$(dirname "$(readlink -f "$0")")/more.sh"\n',
        [`${node}/lib/node_modules/tool/more.sh`]: 'echo tool of npm\n',
        '.local/share/client/versions/2.1/client': '#!/bin/sh\necho installed client\n',
        '.local/share/keyrings/login': CANARY,
        '.cargo/bin/cargo-x': '#!/bin/sh\necho cargo\n',
        '.cargo/credentials.toml': CANARY,
        '.pyenv/shims/py': '#!/bin/sh\nexec "$HOME/.pyenv/libexec/run"\n',
        '.pyenv/libexec/run': '#!/bin/sh\necho shim\n',
        '.venvs/tools/deep/bin/real': '#!/bin/sh\n. "$(dirname "$(readlink -f "$0")")/../lib/part"\n',
        '.venvs/tools/deep/lib/part': 'echo venv\n',
      },
      before: (repo, home) => {
        symlinkSync('../lib/node_modules/tool/cli.sh', join(home, node, 'bin/tool'));
        mkdirSync(join(home, '.local/bin'), { recursive: true });
        symlinkSync('../share/client/versions/2.1/client', join(home, '.local/bin/client'));
        symlinkSync(join(home, '.venvs/tools/deep/bin/real'), join(home, '.local/bin/real'));
        symlinkSync('gone', join(home, '.local/bin/broken'));
        put(join(repo.root, 'node_modules/.bin/mine'), '#!/bin/sh\necho of the home checkout\n');
        const { env } = repo.sandbox;
        const folders = [`${node}/bin`, '.local/bin', '.cargo/bin', '.pyenv/shims', 'gone/bin', '']
          .map((path) => join(home, path))
          .concat(join(repo.root, 'node_modules/.bin'));
        env['PATH'] = [...folders, 'relative/bin', env['PATH']].join(':');
      },
    });
    const { out } = await s.inside(
      'fake-node; tool; client; cargo-x; py; real; mine; ls -A ~ ~/.cargo ~/.local/share',
    );
    for (const said of ['node of nvm', 'tool of npm', 'installed client', 'cargo', 'shim', 'venv'])
      expect(out.split('\n')).toContain(said);
    expect(out).toContain('mine: not found');
    expect(out).not.toMatch(/credentials|keyrings|\.gitconfig/);
  });

  test('isolation: read opens folders, read-only; what is not there is said', async () => {
    const s = await bwrapScene({
      rules: { read: ['~/.models', '~/gone', '~/data/one.txt'] },
      inHome: { '.models/a': 'a model\n', 'data/one.txt': 'one\n', 'data/two.txt': CANARY },
    });
    const { out } = await s.inside('cat ~/.models/a ~/data/*; echo x > ~/.models/b; echo x > ~/data/one.txt');
    expect(out).toContain('a model\none\n');
    expect(out).not.toContain(CANARY);
    expect(out.match(/Read-only/g)).toHaveLength(2);
    expect(readdirSync(join(s.home, '.models'))).toEqual(['a']);
    expect(s.place.says).toContain('can read ~/.models, ~/data/one.txt');
    expect(s.place.says).toContain('not on this machine: ~/gone');
  });

  test('a repository and a HOME in a folder that can be read are hidden all the same', async () => {
    const repo = sandbox().repo('repo', FILES);
    const around = repo.sandbox.folder;
    const s = await bwrapScene({
      repo,
      rules: { read: [around] },
      inHome: { '.ssh/id': CANARY },
      before: () => {
        put(join(around, 'beside/open'), 'to be read\n');
        repo.write('.env', CANARY);
        repo.git('config', 'http.https://example.org/.extraheader', CANARY);
        put(join(repo.root, '.git/rota/runs/OTHER/prompt.md'), CANARY);
        put(join(repo.root, '.worktrees/ai/tester/B1-x/secret'), CANARY);
        put(join(repo.sandbox.env['XDG_CACHE_HOME']!, 'rota/other-project/secret'), CANARY);
      },
    });
    const { out } = await s.inside(
      `cat ${around}/beside/open; grep -rI '${CANARY}' ${around}; ls -A ${repo.root}`,
    );
    expect(out).toContain('to be read\n');
    expect(out).not.toContain(CANARY);
    expect(out.trim().split('\n').slice(-2)).toEqual(['.git', '.worktrees']);
  });

  test.each(['all', 'none'] as const)('network: %s', async (network) => {
    const server = createServer((_, answer) => answer.end('hello from here'));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const s = await bwrapScene({ rules: { network } });
    const ask = `fetch('http://127.0.0.1:${port}').then((r) => r.text()).then(console.log, () => console.log('out of reach'))`;
    const { out } = await s.inside(`node -e "${ask}"`);
    expect(out.trim()).toBe(network === 'all' ? 'hello from here' : 'out of reach');
    expect(s.place.says).toContain(network === 'all' ? 'the network is open' : 'no network');
  });

  test('nothing that it started outlives it, daemons without a trace included', async () => {
    const s = await bwrapScene();
    const mark = `86399.${process.pid}`;
    const { code, out } = await s.inside(
      `env -i setsid sh -c 'sleep ${mark} & sleep ${mark}' > /dev/null 2>&1 < /dev/null & sleep 0.2; pgrep -fc 'sleep ${mark}'`,
    );
    expect(code).toBe(0);
    expect(Number(out.trim())).toBeGreaterThan(1);
    await until(() => processesWith(`sleep\0${mark}`).length === 0, 'a daemon is alive');
  });
});

function processesWith(words: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^[0-9]+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(words);
    } catch {
      return false;
    }
  });
}
