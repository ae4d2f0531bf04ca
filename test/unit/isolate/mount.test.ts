import { describe, expect, it } from 'vitest';
import { inBwrap } from '../../../src/isolate/bwrap.ts';
import { inMountOrder, isWithin, type Mount } from '../../../src/isolate/mount.ts';
import { foldersOfPath, foldersOfProgram } from '../../../src/isolate/program-folders.ts';

const read = (at: string, from = at): Mount => ({ kind: 'read', at, from });

describe('mounts', () => {
  it('are made from the outside in; the last one for a path counts', () => {
    const mounts: Mount[] = [
      read('/a/b/c'),
      { kind: 'write', at: '/a/b', from: '/x' },
      read('/a'),
      { kind: 'empty', at: '/a/b' },
      { kind: 'link', at: '/b', target: 'a' },
    ];
    expect(inMountOrder(mounts).map(({ kind, at }) => `${kind} ${at}`)).toEqual([
      'read /a',
      'link /b',
      'empty /a/b',
      'read /a/b/c',
    ]);
  });

  it.each([
    ['/a/b', '/a', true],
    ['/a', '/a', true],
    ['/ab', '/a', false],
    ['/a', '/a/b', false],
    ['/a', '/', true],
  ])('%s within %s: %s', (path, folder, within) => {
    expect(isWithin(path, folder)).toBe(within);
  });
});

describe('bubblewrap', () => {
  const start = { argv: ['sh', '-c', 'x; y'], cwd: '/w', env: { PATH: '/bin' } };
  const argvOf = (network: 'all' | 'none', mounts: readonly Mount[] = []) =>
    inBwrap({ program: '/usr/bin/bwrap', mounts, network }, start).argv;

  it('has processes of its own, no rights, and dies with who started it', () => {
    const argv = argvOf('all');
    for (const flag of ['--unshare-pid', '--die-with-parent', '--new-session']) expect(argv).toContain(flag);
    expect(argv.join(' ')).toContain('--cap-drop ALL');
    expect(argv.join(' ')).toContain('--ro-bind-try /proc/sys /proc/sys');
    expect(argv).not.toContain('--unshare-net');
    expect(argvOf('none')).toContain('--unshare-net');
  });

  it('takes paths and the program as they are: nothing of them is an option', () => {
    const argv = argvOf('all', [read('/-a b'), { kind: 'link', at: '/l', target: '--bind' }]);
    expect(argv.slice(-11)).toEqual([
      ...['--symlink', '--bind', '/l', '--remount-ro', '/', '--chdir', '/w', '--', 'sh', '-c', 'x; y'],
    ]);
    expect(argv.join('\0')).toContain('--ro-bind\0/-a b\0/-a b');
  });

  it('keeps environment and current folder', () => {
    const { cwd, env } = inBwrap({ program: 'bwrap', mounts: [], network: 'all' }, start);
    expect({ cwd, env }).toEqual({ cwd: '/w', env: { PATH: '/bin' } });
  });
});

describe('what a folder of PATH brings along', () => {
  const home = '/home/pat';
  it.each([
    ['/home/pat/.nvm/versions/node/v20/bin', ['/home/pat/.nvm/versions/node/v20']],
    ['/home/pat/.pyenv/shims', ['/home/pat/.pyenv']],
    ['/home/pat/.local/bin', ['bin', 'lib', 'lib64', 'libexec'].map((name) => `/home/pat/.local/${name}`)],
    ['/home/pat/.cargo/bin', ['bin', 'lib', 'lib64', 'libexec'].map((name) => `/home/pat/.cargo/${name}`)],
    ['/home/pat/bin', ['/home/pat/bin']],
    ['/home/pat/scripts', ['/home/pat/scripts']],
    ['/home/kim/bin', ['/home/kim/bin']],
    ['/root/.cargo/bin', ['bin', 'lib', 'lib64', 'libexec'].map((name) => `/root/.cargo/${name}`)],
    ['/data/tools/bin', ['bin', 'lib', 'lib64', 'libexec'].map((name) => `/data/tools/${name}`)],
    [
      '/home/linuxbrew/.linuxbrew/bin',
      ['bin', 'lib', 'lib64', 'libexec'].map((name) => `/home/linuxbrew/.linuxbrew/${name}`),
    ],
  ])('%s', (folder, brought) => {
    expect(foldersOfPath(folder, home)).toEqual(brought);
  });

  it.each([
    [
      '/home/pat/.npm-global/lib/node_modules/a/node_modules/b/cli.js',
      '/home/pat/.npm-global/lib/node_modules',
    ],
    ['/home/pat/.local/share/pipx/venvs/black/bin/black', '/home/pat/.local/share/pipx/venvs/black'],
    ['/home/pat/.local/share/claude/versions/2.1.0', '/home/pat/.local/share/claude/versions/2.1.0'],
    ['/home/pat/.cargo/bin/rustup', '/home/pat/.cargo/bin/rustup'],
    ['/home/pat/bin/tool', '/home/pat/bin/tool'],
    ['/data/tools/bin/tool', '/data/tools/bin/tool'],
  ])('a link to %s', (file, brought) => {
    expect(foldersOfProgram(file, home)).toEqual([brought]);
  });
});
