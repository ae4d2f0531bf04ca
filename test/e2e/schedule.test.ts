import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Sandbox } from '../support/repo.ts';
import { type Scene, scene } from '../support/scene.ts';

// A real crontab belongs to whoever runs the tests: this one keeps its text in the sandbox.
const CRONTAB = `#!/bin/sh
table="$HOME/crontab.txt"
case "$1" in
  -l) cat "$table" 2>/dev/null || { echo "no crontab for you" >&2; exit 1; } ;;
  -r) rm "$table" ;;
  -) cat > "$table" ;;
  *) exit 2 ;;
esac
`;
// Notes what it is asked, and where; enough to see that the right units are started and stopped.
const SYSTEMCTL = '#!/bin/sh\necho "$*" >> "$HOME/systemctl.txt"\n';
// A cluster's: it keeps what was applied in the sandbox, a file a job with its labels, and gives back names as kubectl does.
const KUBECTL = `#!/bin/sh
jobs="$HOME/cluster"
mkdir -p "$jobs"
case "$1" in
  config) echo kind-test ;;
  apply)
    cat > "$HOME/applied.yaml"
    sed -n 's/^  name: //p' "$HOME/applied.yaml" | while read -r name; do
      sed -n 's/^  labels: {\\(.*\\)}$/\\1/p' "$HOME/applied.yaml" | head -n 1 > "$jobs/$name"
      echo "cronjob.batch/$name"
    done ;;
  get)
    wanted=$(echo "$4" | sed 's/=/: /g; s/,/, /g')
    grep -lxF "$wanted" "$jobs"/* 2>/dev/null | sed 's:.*/:cronjob.batch/:' ;;
  delete)
    shift 2
    for job in "$@"; do rm "$jobs/\${job#cronjob.batch/}"; done ;;
  *) exit 2 ;;
esac
`;

/** A scene with programs of its own first on PATH. */
async function scheduled(config: Record<string, string> = {}, hub: 'none' | 'file' = 'none') {
  const s = await scene({ config, hub });
  const folder = join(s.box.folder, 'programs');
  mkdirSync(folder);
  for (const [name, text] of [
    ['crontab', CRONTAB],
    ['systemctl', SYSTEMCTL],
    ['kubectl', KUBECTL],
  ] as const) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  const env = { PATH: `${folder}:${s.box.env['PATH']}` };
  const rota = async (...args: string[]) => {
    const { code, stdout, stderr } = await s.home.rota([...args, '--json'], { env });
    return { code, stderr, doc: stdout === '' ? null : JSON.parse(stdout) };
  };
  return { s, rota, crontab: join(s.box.env['HOME']!, 'crontab.txt') };
}

function scriptOf({ env }: Sandbox, text: string): string {
  const found = new RegExp(`${env['HOME']}/\\.config/rota/[^/]+/start`).exec(text)?.[0];
  if (found === undefined) throw new Error(`no script in ${text}`);
  return found;
}

test('install into the crontab, again after a change, and remove: what a person wrote stays', async () => {
  const { s, rota, crontab } = await scheduled();
  writeFileSync(crontab, '# mine\n0 5 * * * backup\n');
  expect(await rota('schedule', 'install', '--for', 'cron')).toMatchObject({ code: 0, doc: { for: 'cron' } });
  const installed = readFileSync(crontab, 'utf8');
  expect(installed).toMatch(
    /^# mine\n0 5 \* \* \* backup\n# rota [^\n]*: begin[^\n]*\n[^\n]*start run developer[^\n]*\n# rota [^\n]*: end\n$/,
  );
  const script = scriptOf(s.box, installed);
  expect(readFileSync(script, 'utf8')).toContain(`cd ${s.home.root} || exit 3\n`);

  expect((await rota('schedule', 'install', '--for', 'cron')).code).toBe(0);
  expect(readFileSync(crontab, 'utf8')).toBe(installed);

  s.home.commit('less often', {
    'rota.yaml': `${s.home.read('rota.yaml')}schedule: {developer: every 6h}\n`,
  });
  await rota('schedule', 'install', '--for', 'cron');
  expect(readFileSync(crontab, 'utf8')).toMatch(/\n\d+ \*\/6 \* \* \* [^\n]*run developer/);

  s.home.commit('broken', { 'rota.yaml': 'gate: [' });
  expect(await rota('schedule', 'remove', '--for', 'cron')).toMatchObject({ code: 0 });
  expect(readFileSync(crontab, 'utf8')).toBe('# mine\n0 5 * * * backup\n');
  expect(existsSync(dirname(script))).toBe(false);
  expect(await rota('schedule', 'remove', '--for', 'cron')).toMatchObject({
    code: 0,
    doc: { done: ['nothing was installed'] },
  });
});

test('the installed line works as a bare cron would call it: the task lands, and status knows', async () => {
  const { s, rota, crontab } = await scheduled();
  s.agent.script('A1', [{ write: { 'src/hi.txt': 'hi\n' } }]);
  await rota('schedule', 'install', '--for', 'cron');
  expect((await rota('schedule', 'status')).doc).toMatchObject({
    installed: { for: ['cron'] },
    roles: [{ role: 'developer', pace: 'every 20m', last: null, overdue: false }],
  });

  const script = scriptOf(s.box, readFileSync(crontab, 'utf8'));
  const { HOME = '', GIT_CONFIG_GLOBAL = '' } = s.box.env;
  // What cron gives: nearly nothing. The git configuration is the sandbox's, not a part of it.
  const ran = await s.box.system().processes.run({
    ...{ argv: ['/bin/sh', script, 'run', 'developer'], cwd: HOME },
    env: { HOME, GIT_CONFIG_GLOBAL, GIT_CONFIG_NOSYSTEM: '1', SHELL: '/bin/sh', PATH: '/usr/bin:/bin' },
  });
  expect({ code: ran.code, stderr: ran.stderr }).toMatchObject({ code: 0 });
  expect(s.history()[0]).toContain('A1');
  const { doc } = await rota('schedule', 'status');
  expect(doc.roles[0]).toMatchObject({ outcome: 'landed', task: 'A1', overdue: false });
  expect(Date.parse(doc.roles[0].due) - Date.parse(doc.roles[0].last)).toBe(20 * 60_000);
});

test('what should have worked long ago is overdue, and a damaged note is none', async () => {
  const { s, rota, crontab } = await scheduled();
  const note = join(s.home.root, '.git/rota/schedule/developer.json');
  mkdirSync(join(note, '..'), { recursive: true });
  writeFileSync(note, JSON.stringify({ outcome: 'idle', task: null, at: '2026-01-01T00:00:00.000Z' }));
  expect((await rota('schedule', 'status')).doc.roles[0]).toMatchObject({ outcome: 'idle', overdue: true });
  const { stdout } = await s.home.rota(['schedule', 'status']);
  expect(stdout).toMatch(
    /^Nothing starts roles .*: rota schedule install\nROLE +HOW OFTEN +LAST +OUTCOME\ndeveloper +every 20m +\d+ d ago +idle +overdue\n/,
  );
  writeFileSync(note, '{"at": "2026');
  expect((await rota('schedule', 'status')).doc).toMatchObject({
    installed: null,
    roles: [{ last: null, due: null, overdue: false }],
  });
  // Installed for hours, and it never ran: cron is not there, or cannot start it.
  await rota('schedule', 'install', '--for', 'cron');
  utimesSync(scriptOf(s.box, readFileSync(crontab, 'utf8')), 0, Date.now() / 1000 - 7200);
  expect((await rota('schedule', 'status')).doc.roles[0]).toMatchObject({ last: null, overdue: true });
});

test('systemd: units are written, started, replaced and removed', async () => {
  const { s, rota, crontab } = await scheduled({ schedule: '{developer: {at: every 20m, agent: mine}}' });
  const home = s.box.env['HOME']!;
  const asked = () => readFileSync(join(home, 'systemctl.txt'), 'utf8');
  const { doc } = await rota('schedule', 'install', '--for', 'systemd');
  const unit = /rota-[a-z0-9-]+-developer/.exec(doc.done.join())?.[0];
  const folder = join(home, '.config/systemd/user');
  expect(readFileSync(join(folder, `${unit}.service`), 'utf8')).toContain(
    'start run developer --agent mine\n',
  );
  expect(asked()).toBe(`--user daemon-reload\n--user enable --now ${unit}.timer\n`);
  // Both call one script, which goes with the last of them; variables of a person stay.
  await rota('schedule', 'install', '--for', 'cron');
  const script = scriptOf(s.box, readFileSync(crontab, 'utf8'));
  const variables = join(dirname(script), 'env');
  expect(statSync(variables).mode & 0o777).toBe(0o600);
  writeFileSync(variables, 'A_KEY=mine\n');
  await rota('schedule', 'remove', '--for', 'cron');
  expect(readFileSync(script, 'utf8')).toContain('# Called by: systemd\n');
  // Without a name: whoever has it, though cron is this machine's first choice.
  expect((await rota('schedule', 'remove')).doc.done.at(-1)).toContain('your variables are in it');
  expect(existsSync(join(folder, `${unit}.timer`))).toBe(false);
  expect(asked()).toContain(`--user disable --now ${unit}.timer\n`);
  expect({ script: existsSync(script), variables: existsSync(variables) }).toEqual({
    ...{ script: false, variables: true },
  });
});

test('actions: a workflow in the checkout, never over a file of somebody else', async () => {
  const { s, rota } = await scheduled();
  expect((await rota('schedule', 'install', '--for', 'actions')).code).toBe(0);
  expect(s.home.read('.github/workflows/rota.yml')).toContain('run: rota run developer\n');
  expect((await rota('schedule', 'install', '--for', 'actions')).code).toBe(0);
  expect((await rota('schedule', 'remove', '--for', 'actions')).doc.done).toEqual([
    'removed .github/workflows/rota.yml: commit that',
  ]);
  expect((await rota('schedule', 'remove', '--for', 'actions')).doc.done).toEqual(['nothing was installed']);
  s.home.write('.github/workflows/rota.yml', 'name: mine\n');
  expect(await rota('schedule', 'remove', '--for', 'actions')).toMatchObject({ code: 2 });
  expect(await rota('schedule', 'install', '--for', 'actions')).toMatchObject({
    code: 2,
    doc: { error: { message: expect.stringContaining('was not written by rota') } },
  });
  expect(s.home.read('.github/workflows/rota.yml')).toBe('name: mine\n');
});

test('a cluster: a CronJob a role by kubectl; what is planned no more goes, what others put there stays', async () => {
  const alone = await scheduled();
  expect(await alone.rota('schedule', 'install', '--for', 'kubernetes')).toMatchObject({
    ...{ code: 2, doc: { error: { message: expect.stringContaining('this repository has none') } } },
  });

  const { s, rota } = await scheduled({}, 'file');
  const commit = (message: string, files: Record<string, string>) => {
    s.home.commit(message, files);
    s.home.git('push', '-q', 'origin', 'main');
  };
  const cluster = join(s.box.env['HOME']!, 'cluster');
  mkdirSync(cluster);
  writeFileSync(join(cluster, 'rota-theirs-developer'), 'app.kubernetes.io/name: rota\n');
  const developer = s.home.read('roles/developer.md');
  commit('a second role', {
    'roles/tester.md': developer.replace('role: developer', 'role: tester'),
    'rota.yaml': `${s.home.read('rota.yaml')}schedule: {developer: every 1h, tester: every 1h}\n`,
  });
  const asked = ['schedule', 'install', '--for', 'kubernetes', '--image', 'shop-rota'];
  const installed = await rota(...asked);
  expect(installed.doc.done).toEqual([
    expect.stringMatching(/^applied cronjob\.batch\/rota-hub-[0-9a-f]{6}-developer \(kind-test\)$/),
    expect.stringMatching(/^applied cronjob\.batch\/rota-hub-[0-9a-f]{6}-tester \(kind-test\)$/),
    'They start shop-rota, with the variables of the Secret rota.',
  ]);
  const shown = await rota(...asked.with(1, 'show'));
  expect(readFileSync(join(s.box.env['HOME']!, 'applied.yaml'), 'utf8')).toBe(shown.doc.files[0].text);

  commit('no tester', { 'rota.yaml': s.home.read('rota.yaml').replace('tester: every 1h', 'tester: never') });
  const again = await rota(...asked);
  expect(again.doc.done[1]).toMatch(/^removed cronjob\.batch\/rota-hub-[0-9a-f]{6}-tester$/);
  const removed = await rota('schedule', 'remove', '--for', 'kubernetes');
  expect(removed.doc.done).toEqual([expect.stringMatching(/^removed [^ ]*-developer$/)]);
  expect(readdirSync(cluster)).toEqual(['rota-theirs-developer']);
});

test('show writes nothing; a role that is never scheduled, and slips of the hand', async () => {
  const { s, rota } = await scheduled({ schedule: '{developer: never}' });
  const { doc } = await rota('schedule', 'show', '--for', 'systemd');
  expect(doc.files.map(({ path }: { path: string }) => path.split('/').at(-1))).toEqual(['start']);
  expect(existsSync(join(s.box.env['HOME']!, '.config'))).toBe(false);
  expect(await rota('schedule', 'install')).toMatchObject({ code: 2 });
  expect(await rota('schedule', 'instal')).toMatchObject({
    code: 2,
    doc: { error: { hint: expect.stringContaining('Did you mean install?') } },
  });
  expect(await rota('schedule', 'show', '--for', 'crom')).toMatchObject({ code: 2 });
});

test('rota run --agent takes another agent for once', async () => {
  const s: Scene = await scene({
    config: (agent) => ({
      agents: `{mine: {command: ["false"]}, other: {command: ${JSON.stringify(agent.command)}}}`,
    }),
  });
  s.agent.script('A1', [{ write: { 'src/hi.txt': 'hi\n' } }]);
  const wrong = await s.rota(['run', 'developer', '--agent', 'othr']);
  expect(wrong).toMatchObject({
    code: 2,
    doc: { error: { hint: 'Did you mean other? There are: mine, other.' } },
  });
  expect((await s.rota(['run', 'developer', '--agent', 'other'])).doc).toMatchObject({ outcome: 'landed' });
});
