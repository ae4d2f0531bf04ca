import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { networkGit } from '../../../src/store/refs/network-git.ts';
import { silenceLimits } from '../../../src/store/refs/silence-limits.ts';
import type { GitDoor } from '../../../src/system/ports.ts';
import { processesWith } from '../../support/processes-with.ts';
import { openStore } from './open-store.ts';

/** A server that takes every connection and never says a word: how a dead link looks from here. */
async function silentServer(): Promise<{ port: number; connected: () => number }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(
    () =>
      new Promise<void>((done) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => done());
      }),
  );
  return { port: (server.address() as AddressInfo).port, connected: () => sockets.length };
}

const WAYS: Readonly<Record<string, (port: number) => string>> = {
  http: (port) => `http://127.0.0.1:${port}/hub.git`,
  ssh: (port) => `ssh://nobody@127.0.0.1:${port}/hub.git`,
  git: (port) => `git://127.0.0.1:${port}/hub.git`,
};

test('a silent server over http, ssh and git: every call ends in its time, says so, and leaves no process', async () => {
  const { system, repository, neutral, main } = await openStore('local');
  const git = networkGit(system, repository, neutral);
  const ended = Object.entries(WAYS).map(async ([way, urlOf]) => {
    const { port, connected } = await silentServer();
    const url = urlOf(port);
    const calls: readonly (readonly string[])[] = [
      ['ls-remote', '--', url],
      ['fetch', '--', url, 'main'],
      ['push', '--porcelain', '--', url, `${main()}:refs/heads/x`],
    ];
    const answers = await Promise.all(calls.map((args) => git(args, 5_000)));
    expect(connected(), way).toBe(calls.length);
    for (const { code, words } of answers) {
      expect(code, way).toBe(-1);
      expect(words, way).toContain('took too long');
    }
    expect(processesWith(String(port))).toEqual([]);
  });
  await Promise.all(ended);
});

test('a fetch gives up on a connection that has fallen silent, over http and over ssh', async () => {
  const { system, neutral, repo } = await openStore('local');
  const place = { kind: 'repository', gitDir: neutral.folder } as const;
  expect(await silenceLimits(system, place)).toEqual({
    GIT_HTTP_LOW_SPEED_LIMIT: '1',
    GIT_HTTP_LOW_SPEED_TIME: '60',
    GIT_SSH_COMMAND: 'ssh -o ConnectTimeout=30 -o ServerAliveInterval=15 -o ServerAliveCountMax=4',
  });
  repo.git('config', '--global', 'core.sshCommand', 'ssh -4');
  expect(await silenceLimits(system, place)).toEqual({
    GIT_HTTP_LOW_SPEED_LIMIT: '1',
    GIT_HTTP_LOW_SPEED_TIME: '60',
  });
});

test('only a fetch has these limits: whatever else asks the remote has a short limit of its own', async () => {
  const { system, repository, neutral, url } = await openStore('file');
  const seen: [string, readonly string[]][] = [];
  const git: GitDoor = {
    ...system.git,
    run: (place, args, options) => {
      seen.push([args[0] ?? '', Object.keys(options?.env ?? {})]);
      return system.git.run(place, args, options);
    },
  };
  const ask = networkGit({ ...system, git }, repository, neutral);
  await ask(['ls-remote', '--', url!], 60_000);
  await ask(['fetch', '--', url!, 'main'], 60_000);
  const limited = seen.filter(([, names]) => names.includes('GIT_SSH_COMMAND')).map(([command]) => command);
  expect(limited).toEqual(['fetch']);
});
