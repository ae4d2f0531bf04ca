import { chmodSync, existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Command, IsolationKind, IsolationRules } from '../../../src/config.ts';
import type { GateInput } from '../../../src/run/gate/run-gate.ts';
import type { Project } from '../../../src/run/project/project.ts';
import { openGateBox } from '../../../src/run/workplace/open-gate-box.ts';
import { gateRig } from '../gate/fixture.ts';
import { HAS_BWRAP, OPEN, put, textOf } from './bwrap-scene.ts';

/** A gate in a box, and the output of its first command. */
async function boxed(rules: Partial<IsolationRules> = {}, isolation: IsolationKind = 'bwrap') {
  const rig = await gateRig({ 'README.md': '# hello\n', 'src/a.txt': 'a\n' });
  const { system, repository, runFolder, repo } = rig;
  const project = { system, repository } as unknown as Project;
  const judge = async (
    gate: Parameters<typeof rig.judge>[0],
    more: Partial<GateInput> = {},
    setup: Command[] = [],
  ) => {
    const openBox: GateInput['openBox'] = (checkout, folder) =>
      openGateBox(project, {
        ...{ isolation, run: 'RUN1', checkout, folder },
        config: { isolation: { ...OPEN, ...rules } } as GateInput['config'],
      });
    const report = await rig.judge(gate, { openBox, ...more }, setup);
    const log = readdirSync(runFolder).includes('gate-1-1.log')
      ? readFileSync(join(runFolder, 'gate-1-1.log'), 'utf8')
      : '';
    return { report, log };
  };
  const judgePlain = async (gate: Parameters<typeof rig.judge>[0], setup: Command[]) => {
    await rig.judge(gate, {}, setup);
    return readFileSync(join(runFolder, 'gate-1-1.log'), 'utf8');
  };
  return { ...rig, judge, judgePlain, home: repo.sandbox.env['HOME']! };
}

describe.skipIf(!HAS_BWRAP)('a gate in bubblewrap', () => {
  test('its commands see the checkout, the system and a HOME of their own', async () => {
    const s = await boxed();
    put(join(s.home, '.netrc'), 'machine x password nobody-may-read-this\n');
    put(join(s.repo.root, '.env'), 'nobody-may-read-this\n');
    const { report, log } = await s.judge([
      `cat ~/.netrc ${s.repo.root}/.env; ls -A ~; cat src/a.txt; git log --format=%s; echo n > new; git add new; git commit -qm own; ` +
        `echo x > ~/.profile; echo x > /tmp/left; rm -rf ${s.repo.root}/.git/objects/*; echo HOME=$ROTA_HOME.`,
    ]);
    expect(report.verdict, log).toBe('green');
    expect(log).not.toContain('nobody-may');
    expect(log).toContain('a\nchore: first\n');
    expect(log).toContain('Read-only file system');
    expect(log).toContain('HOME=.');
    expect(textOf(join(s.home, '.profile'))).toBe(null);
    expect(s.repo.git('fsck', '--no-dangling', '--no-progress')).toBe('');
    // Nothing of the box is left.
    expect(readdirSync(s.runFolder).filter((name) => name.startsWith('box'))).toEqual([]);
  });

  test('what setup leaves in HOME is not there for the commands, with or without a snapshot', async () => {
    const s = await boxed();
    const setup = ['echo dep > dep.txt; echo x > ~/cache; echo x > /tmp/cache'];
    const gate = ['cat dep.txt && ! test -e ~/cache && ! test -e /tmp/cache'];
    expect((await s.judge(gate, {}, setup)).report.verdict).toBe('green');
    const again = await s.judge(gate, {}, setup);
    expect(again.report.verdict).toBe('green');
    expect(again.report.checks.filter(({ name }) => name.startsWith('setup'))).toEqual([]);
  });

  test('setup of other rules is other setup', async () => {
    const s = await boxed();
    const setup = ['ls -A ~ > seen.txt; date +%N >> seen.txt'];
    const gate = ['cat seen.txt'];
    const first = await s.judge(gate, {}, setup);
    const again = await s.judge(gate, {}, setup);
    expect(again.log).toBe(first.log);
    const plain = await s.judgePlain(gate, setup);
    expect(plain).not.toBe(first.log);
  });

  test('reports are written outside the checkout, and nowhere else', async () => {
    const s = await boxed();
    s.repo.commit('test', {
      'test/a.test.mjs':
        "import test from 'node:test';\nimport { existsSync } from 'node:fs';\ntest('sees no home', () => { if (existsSync(process.env.HOME + '/.gitconfig')) throw new Error('sees it'); });\n",
    });
    const { report } = await s.judge([
      {
        run: 'node --test --test-reporter=junit --test-reporter-destination={report} test',
        report: { format: 'junit', path: null },
      },
    ]);
    expect(report.verdict, report.failure ?? '').toBe('green');
    expect(report.checks.find(({ tests }) => tests !== null)?.tests).toBe(1);
  });

  test('network: none holds for setup and commands', async () => {
    const s = await boxed({ network: 'none' });
    const look = "grep -c ':' /proc/net/dev";
    const { log, report } = await s.judge([look], {}, [`test $(${look}) -le 1`]);
    expect(report.verdict, report.failure ?? '').toBe('green');
    // The loopback, and with it services of the machine, is another one.
    expect(log.trim()).toBe('1');
  });

  test('limits hold: a command that hangs with daemons is ended', async () => {
    const s = await boxed();
    const { report } = await s.judge([{ run: 'setsid sleep 86398 & sleep 86398', timeLimit: 1500 }]);
    expect(report.verdict).toBe('red');
    expect(report.checks.at(-1)?.detail).toBe('took longer than its limit of 1.5 s');
    const alive = readdirSync('/proc').filter(
      (pid) => /^[0-9]+$/.test(pid) && textOf(`/proc/${pid}/cmdline`)?.includes('86398'),
    );
    expect(alive).toEqual([]);
  });

  test('a machine that cannot isolate judges nothing', async () => {
    const s = await boxed();
    const bin = join(s.box.folder, 'bin');
    put(join(bin, 'bwrap'), '#!/bin/sh\necho "bwrap: setting up uid map: Permission denied" >&2\nexit 1\n');
    s.box.env['PATH'] = `${bin}:${s.box.env['PATH']}`;
    await expect(s.judge(['true'])).rejects.toMatchObject({
      code: 'isolation',
      message:
        'This machine cannot isolate as the role asks: bwrap does not work here: bwrap: setting up uid map: Permission denied.',
    });
    chmodSync(join(bin, 'bwrap'), 0o644);
    symlinkSync('/usr/bin/git', join(bin, 'git'));
    s.box.env['PATH'] = bin;
    await expect(s.judge(['true'])).rejects.toMatchObject({
      code: 'isolation',
      hint: expect.stringContaining('apt install bubblewrap'),
    });
    expect(existsSync(join(s.runFolder, 'gate-1-1.log'))).toBe(false);
  });
});
