import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RotaError } from '../../../src/errors.ts';
import { ForgeError, type ForgeTrouble } from '../../../src/forge/forge-error.ts';
import type { Processes } from '../../../src/system/ports.ts';
import { realProcesses } from '../../../src/system/processes.ts';
import { HAS_GH } from '../../support/forge/has-gh.ts';
import type { Behaviour } from '../../support/forge/loopback-forge.ts';
import { until } from '../../support/until.ts';
import { openHub, proposal } from './fixture.ts';

const BRANCH = 'ai/developer/A1-it';
const RESET = new Date('2026-11-21T12:00:00Z');

const TROUBLES: readonly [Behaviour, ForgeTrouble, RegExp, RegExp][] = [
  ['offline', 'offline', /^localhost:\d+ cannot be reached: .*EOF/, /rota sweep when the network is back/],
  ['broken', 'offline', /cannot be reached: it answered 502 Bad Gateway/, /rota sweep/],
  [
    'logged-out',
    'logged-out',
    /gh is not logged in to localhost:\d+: Bad credentials/,
    /gh auth login --hostname localhost/,
  ],
  ['rate-limited', 'rate-limited', /until 2026-11-21T12:00:00Z \(rate limit\)/, /next rota sweep after that/],
  ['page', 'nonsense', /makes no sense: not JSON/, /Nothing was changed/],
  ['nonsense', 'nonsense', /makes no sense: /, /Nothing was changed/],
];

describe.skipIf(!HAS_GH)('gh that cannot help', () => {
  test.each(TROUBLES)(
    '%s: the branch is pushed, the words say what to do, later it goes on',
    async (how, trouble, message, hint) => {
      const { hub, forge, branch } = await openHub();
      const tip = branch(BRANCH);
      const gh = await forge();
      hub.behave(how, RESET);
      const calls = [
        () => gh.propose(proposal(BRANCH, tip)),
        () => gh.follow([{ number: 1, branch: BRANCH }]),
        () => gh.find('1'),
      ];
      for (const call of calls) {
        const error: unknown = await call().catch((thrown) => thrown);
        expect(error).toBeInstanceOf(ForgeError);
        expect(error).toMatchObject({ code: 'forge', exit: 3, trouble });
        expect((error as ForgeError).message).toMatch(message);
        expect((error as ForgeError).hint).toMatch(hint);
        expect((error as ForgeError).until).toEqual(how === 'rate-limited' ? RESET : null);
      }
      expect(hub.bare.git('rev-parse', `refs/heads/${BRANCH}`)).toBe(tip);
      expect(hub.all()).toEqual([]);
      hub.behave('normal');
      expect(await gh.propose(proposal(BRANCH, tip))).toMatchObject({ number: 1, created: true });
    },
  );

  test('nobody listens any more', async () => {
    const { hub, forge, branch } = await openHub();
    const gh = await forge();
    await hub.close();
    const error = await gh.propose(proposal(BRANCH, branch(BRANCH))).catch((thrown) => thrown);
    expect(error).toMatchObject({ trouble: 'offline', message: expect.stringMatching(/connection refused/) });
  });

  test('no login at all', async () => {
    const { box, forge, branch } = await openHub();
    delete box.env['GH_ENTERPRISE_TOKEN'];
    const gh = await forge('gh');
    const error = await gh.propose(proposal(BRANCH, branch(BRANCH))).catch((thrown) => thrown);
    expect(error).toMatchObject({
      trouble: 'logged-out',
      hint: expect.stringMatching(/gh auth login|forge: link/),
    });
  });

  test('a certificate that nobody vouches for', async () => {
    const { box, forge, branch } = await openHub();
    delete box.env['SSL_CERT_FILE'];
    const gh = await forge();
    const error = await gh.propose(proposal(BRANCH, branch(BRANCH))).catch((thrown) => thrown);
    expect(error).toMatchObject({ trouble: 'offline', message: expect.stringMatching(/certificate/) });
  });

  test('gh is not installed: asked for by name it is missed, by itself rota takes a link', async () => {
    const { box, repo, hub, forge, branch } = await openHub();
    box.env['PATH'] = gitOnly(box.folder);
    const tip = branch(BRANCH);
    const named = await forge('gh');
    const error = await named.propose(proposal(BRANCH, tip)).catch((thrown) => thrown);
    expect(error).toMatchObject({ trouble: 'missing', message: expect.stringMatching(/^gh was not found/) });
    expect(error.hint).toMatch(/cli\.github\.com.*forge: link/);
    expect(hub.bare.git('rev-parse', `refs/heads/${BRANCH}`)).toBe(tip);
    repo.git('remote', 'set-url', 'origin', 'git@github.com:acme/shop.git');
    expect((await forge()).name).toBe('link');
  });

  test('a gh that prints what it likes', async () => {
    const { box, forge, branch } = await openHub();
    const tip = branch(BRANCH);
    const path = box.env['PATH'];
    for (const [script, message] of [
      ['exit 0', /makes no sense: gh ended with exit 0/],
      ['echo "usage: gh"; exit 1', /makes no sense: gh ended with exit 1/],
      ['printf "HTTP/2.0 200 OK\\r\\n"', /makes no sense/],
      ['kill -9 $$', /gh was ended by SIGKILL/],
      ['printf "\\033[31mboom\\n" >&2; exit 9', /gh ended with exit 9: boom\./],
    ] as const) {
      box.env['PATH'] = `${fakeGh(box.folder, script)}:${path}`;
      const gh = await forge('gh');
      const error = await gh.propose(proposal(BRANCH, tip)).catch((thrown) => thrown);
      expect(error).toMatchObject({ trouble: 'nonsense', message: expect.stringMatching(message) });
    }
  });

  test('a gh that never ends is ended', async () => {
    const { box, forge, branch } = await openHub();
    const tip = branch(BRANCH);
    box.env['PATH'] =
      `${fakeGh(box.folder, 'sleep 600 & echo $! >> "$TMPDIR/left"; wait')}:${box.env['PATH']}`;
    const { run, start } = realProcesses();
    const limits: unknown[] = [];
    const impatient: Processes = {
      start,
      run: (spec) => {
        if (spec.argv[0] !== 'gh') return run(spec);
        limits.push([spec.timeLimit, spec.mostOutput]);
        return run({ ...spec, timeLimit: 1500 });
      },
    };
    const gh = await forge('gh', { processes: impatient });
    const error = await gh.propose(proposal(BRANCH, tip)).catch((thrown) => thrown);
    expect(error).toMatchObject({ trouble: 'offline', message: expect.stringMatching(/no answer in time/) });
    expect(limits).toEqual([[30_000, 16 * 1024 * 1024]]);
    const left = Number(readFileSync(join(box.env['TMPDIR']!, 'left'), 'utf8'));
    await until(() => !isRunning(left), 'the program that gh started still runs');
  });

  test('a branch that cannot be pushed is no trouble of the forge: nothing is proposed', async () => {
    const { hub, forge, branch, repo } = await openHub();
    const tip = branch(BRANCH);
    repo.git('push', '-q', 'origin', `${branch('other')}:refs/heads/${BRANCH}`);
    const error = await (await forge()).propose(proposal(BRANCH, tip)).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(RotaError);
    expect(error).toMatchObject({
      code: 'remote',
      message: expect.stringMatching(/has commits that are not here/),
    });
    expect(hub.asked).toEqual([]);
  });
});

/** A zombie that nobody has collected yet does not run. */
function isRunning(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return state !== '' && !state.startsWith('Z');
}

/** A folder for PATH where there is git and no gh. */
function gitOnly(folder: string): string {
  const bin = join(folder, 'git-only');
  mkdirSync(bin);
  for (const name of ['git', 'sh'])
    symlinkSync(
      execFileSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(),
      join(bin, name),
    );
  return bin;
}

function fakeGh(folder: string, script: string): string {
  const bin = join(folder, 'fake-gh');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'gh'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return bin;
}
