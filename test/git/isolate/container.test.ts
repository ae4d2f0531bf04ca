import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { IsolationRules } from '../../../src/config.ts';
import type { GateInput } from '../../../src/run/gate/run-gate.ts';
import type { Project } from '../../../src/run/project/project.ts';
import { openRunFolder } from '../../../src/run/project/run-folder.ts';
import { containerWorkplace } from '../../../src/run/workplace/container-workplace.ts';
import { endLeftContainers } from '../../../src/run/workplace/left-boxes.ts';
import { openGateBox } from '../../../src/run/workplace/open-gate-box.ts';
import type { WorkplaceWish } from '../../../src/run/workplace/workplace.ts';
import { sandbox } from '../../support/repo.ts';
import { containersOf, HAS_PODMAN, type TinyImage, tinyImage } from '../../support/tiny-image.ts';
import { until } from '../../support/until.ts';
import { gateRig } from '../gate/fixture.ts';
import { BRANCH, FILES, projectOf } from '../worktree/open-test-project.ts';
import { OPEN, put, textOf } from './bwrap-scene.ts';

const CANARY = 'nobody may read this';
let image: TinyImage;

async function containerScene(rules: Partial<IsolationRules> = {}, run = 'RUN1') {
  const repo = sandbox().repo('repo', FILES);
  Object.assign(repo.sandbox.env, image.env);
  const home = repo.sandbox.env['HOME']!;
  put(join(home, '.ssh/id'), CANARY);
  put(join(home, '.auth'), 'token');
  put(join(home, 'models/a'), 'a model\n');
  repo.write('.env', CANARY);
  const at = await projectOf(repo);
  onTestFinished(() => at.project.close());
  const { system, repository } = at.project;
  const worktree = await at.make(run);
  const folder = await openRunFolder(system, repository, {
    run,
    role: 'developer',
    task: 'A1',
    branch: BRANCH,
  });
  const open = () =>
    containerWorkplace({
      ...{ project: at.project, run, branch: BRANCH, worktree, folder },
      role: { name: 'developer', isolation: 'container' },
      agent: { login: ['.auth'] },
      config: { isolation: { ...OPEN, image: image.name, ...rules } },
    } as unknown as WorkplaceWish);
  const env = { PATH: '/nowhere', HOME: home, LANG: 'C.UTF-8', ROTA_RUN: run, TOKEN: 'a-secret' };
  return { ...at, worktree, folder, home, open, env };
}

describe.skipIf(!HAS_PODMAN)('a container', () => {
  beforeAll(() => {
    image = tinyImage();
  });
  afterAll(() => image.remove());

  test('the agent commits in a repository of its own; nothing of the person is there', async () => {
    const s = await containerScene({ read: ['~/models', '~/gone'] });
    const place = await s.open();
    expect(place.says).toMatch(/not on this machine: ~\/gone \(podman, image localhost\/rota-image-/);
    writeFileSync(s.folder.file('prompt.md'), 'Do it.\n');
    await place.enter();
    const script =
      `cat ${s.home}/.ssh/id ${s.repo.root}/.env; ls -A ${s.home} ${s.repo.root}; cat ~/.auth ${s.home}/models/a; echo TOKEN=$TOKEN; ` +
      `echo x > ${s.home}/models/b; cat ${place.promptFile}; echo new > src/new.txt; git add -A; git commit -qm "feat: new"; ` +
      `echo x > /planted; echo evil > ~/.auth; ls /var/run /run; grep CapEff /proc/self/status; id -u; echo done > ${place.resultFile}`;
    const start = place.wrap({ argv: ['sh', '-c', `exec 2>&1; ${script}`], cwd: place.folder, env: s.env });
    expect(start.argv.join(' ')).not.toContain('a-secret');
    const ran = await s.project.system.processes.run(start);
    const out = `${ran.stdout}${ran.stderr}`;
    expect(ran.code, out).toBe(0);
    expect(out).not.toContain(CANARY);
    expect(out).toContain('token');
    expect(out).toContain('TOKEN=a-secret');
    expect(out).toContain('a model\n');
    expect(out).toContain('Read-only file system');
    expect(out).toContain('Do it.');
    expect(out).toMatch(/CapEff:\s0+\s/);
    expect(out).not.toMatch(/docker\.sock|podman/);
    expect(await place.collect()).toEqual([]);
    expect(s.repo.git('log', '-1', '--format=%s', BRANCH)).toBe('feat: new');
    expect(statSync(join(s.worktree.path, 'src/new.txt')).uid).toBe(process.getuid?.());
    expect(textOf(s.folder.resultFile)).toBe('done\n');
    expect(textOf(join(s.home, '.auth'))).toBe('token');
    await place.close();
    expect(containersOf('RUN1')).toBe('');
    expect(existsSync(s.folder.file('box'))).toBe(false);
  });

  test('network: none', async () => {
    const s = await containerScene({ network: 'none' });
    const place = await s.open();
    const start = place.wrap({
      argv: ['sh', '-c', 'grep -c : /proc/net/dev'],
      cwd: place.folder,
      env: s.env,
    });
    expect((await s.project.system.processes.run(start)).stdout.toString().trim()).toBe('1');
    await place.close();
  });

  test('a sweep ends what a dead run left in containers', async () => {
    const run = `DEAD${process.pid}`;
    const s = await containerScene({}, run);
    const place = await s.open();
    const start = place.wrap({ argv: ['sh', '-c', 'sleep 86394'], cwd: place.folder, env: s.env });
    const running = s.project.system.processes.start({ ...start, onOutput: () => undefined });
    await until(() => containersOf(run) !== '', 'no container');
    process.kill(-(running.pid ?? 0), 'SIGKILL');
    await running.ended;
    await endLeftContainers(s.project, { run });
    expect(containersOf(run)).toBe('');
    const alive = readdirSync('/proc').filter(
      (pid) => /^[0-9]+$/.test(pid) && textOf(`/proc/${pid}/cmdline`)?.includes('86394'),
    );
    expect(alive).toEqual([]);
    await place.close();
  });

  test('a gate runs its commands in containers, and its setup with another HOME', async () => {
    const rig = await gateRig({ 'README.md': '# hello\n', 'src/a.txt': 'a\n' });
    Object.assign(rig.box.env, image.env);
    put(join(rig.box.env['HOME']!, '.netrc'), CANARY);
    const project = { system: rig.system, repository: rig.repository } as unknown as Project;
    const openBox: GateInput['openBox'] = (checkout, folder) =>
      openGateBox(project, {
        ...{ isolation: 'container', run: 'GATE1', checkout, folder },
        config: { isolation: { ...OPEN, image: image.name } } as GateInput['config'],
      });
    const gate =
      'ls -A ~ /tmp; cat dep.txt src/a.txt; git log --format=%s; cat ~/.netrc; echo PATH=$PATH; exit 0';
    const report = await rig.judge([gate], { openBox }, ['echo dep > dep.txt; echo x > ~/cache']);
    const log = readFileSync(join(rig.runFolder, 'gate-1-1.log'), 'utf8');
    expect(report.verdict, log).toBe('green');
    expect(log).toContain('dep\na\nchore: first\n');
    expect(log).not.toMatch(new RegExp(`cache|${CANARY}|cargo`));
    const red = await rig.judge([['no-such-program']], { openBox });
    expect(red.checks.at(-1)?.detail).toContain('no-such-program was not found');
    expect(containersOf('GATE1')).toBe('');
  });

  test('an image that cannot be had is said before anything starts', async () => {
    const s = await containerScene({ image: 'localhost/rota-no-such-image:9' });
    await expect(s.open()).rejects.toMatchObject({
      code: 'isolation',
      message: expect.stringMatching(/podman cannot run localhost\/rota-no-such-image:9: /),
    });
    expect(existsSync(s.folder.file('box'))).toBe(false);
  });

  test('no image, no engine', async () => {
    await expect((await containerScene({ image: null })).open()).rejects.toMatchObject({ code: 'config' });
    const s = await containerScene();
    const bin = join(s.repo.sandbox.folder, 'bin');
    mkdirSync(bin);
    symlinkSync('/usr/bin/git', join(bin, 'git'));
    s.repo.sandbox.env['PATH'] = bin;
    await expect(s.open()).rejects.toMatchObject({
      code: 'isolation',
      message: expect.stringContaining('neither podman nor docker was found'),
    });
  });
});
