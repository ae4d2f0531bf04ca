import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectSound, landings } from '../../support/aftermath.ts';
import { askAgain, hostileScene } from './canary.ts';

const WORK = { write: { 'src/a.txt': 'a\n' } };
/** So that git has something to filter, merge and show. */
const ATTRIBUTES = '* filter=x diff=x merge=x\n';

const SETTINGS = [
  ...['core.fsmonitor', 'core.sshCommand', 'core.pager', 'core.editor', 'core.askPass', 'core.gitProxy'],
  ...['core.alternateRefsCommand', 'filter.x.clean', 'filter.x.smudge', 'filter.x.process', 'diff.x.command'],
  ...['diff.external', 'diff.x.textconv', 'merge.x.driver', 'merge.rota.driver', 'credential.helper'],
  ...['gpg.program', 'alias.status', 'alias.update-ref', 'uploadpack.packObjectsHook', 'pager.log'],
  ...[
    'sequence.editor',
    'interactive.diffFilter',
    'trailer.x.command',
    'tar.x.command',
    'submodule.x.update',
  ],
];

test('every setting with which git runs something: refused by name, and nothing runs, then or later', async () => {
  const s = await hostileScene();
  const { canary, home } = s;
  const include = join(s.box.folder, 'evil.config');
  writeFileSync(include, `[core]\n\tfsmonitor = ${canary.command}\n\thooksPath = ${s.box.folder}\n`);
  const others = `[include]\n\tpath = ${include}\n[url "/nowhere"]\n\tinsteadOf = /\n[core]\n\thooksPath = ${s.box.folder}/hooks\n`;
  const own = SETTINGS.map((name) => `git config --file "$1" ${name} '${canary.command} x'`).join('; ');
  const plant = [
    `set -- "$ROTA_HOME/.git/config"; ${own}`,
    `printf '${ATTRIBUTES.trim()}\\n' > "$ROTA_HOME/.git/info/attributes"`,
    `cat >> "$ROTA_HOME/.git/config" <<'E'\n${others}E`,
  ];
  s.agent.script('A1', [WORK, ...plant.map((sh) => ({ sh }))], [WORK]);
  canary.listen();
  const end = await s.run();
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
  for (const name of [...SETTINGS, 'include.path', 'url./nowhere.insteadof', 'core.hooksPath']) {
    expect(end.doc.reason).toContain(` ${name.replace(/[^.]*$/, (key) => key.toLowerCase())} was added`);
  }
  expect(end.doc.reason).toContain('file info/attributes was added');
  canary.expectAlive();
  expect(landings(s)).toEqual([]);

  // A person who does not look goes on with all of it in place.
  await s.rota(['sweep']);
  // Main cannot move under a checkout whose files would be filtered: the word goes to the record, the landing waits.
  await askAgain(s);
  expect(await s.run('A1')).toMatchObject({ code: 1, doc: { outcome: 'waiting' } });
  for (const args of [['status'], ['list'], ['check'], ['sweep']]) await s.rota(args);
  canary.expectAlive();
  expect(home.exists('.git/rota')).toBe(true);
});

test('every hook: refused by name, and none runs', async () => {
  const s = await hostileScene();
  const { canary } = s;
  const hooks = ['pre-commit', 'post-checkout', 'reference-transaction', 'post-index-change', 'pre-push'];
  const plant = hooks.map((hook) => ({ sh: `cp ${canary.command} "$ROTA_HOME/.git/hooks/${hook}"` }));
  s.agent.script('A1', [WORK, ...plant], [WORK]);
  canary.listen();
  const end = await s.run();
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
  for (const hook of hooks) expect(end.doc.reason).toContain(`hook ${hook} was added`);
  await askAgain(s);
  expect(await s.run('A1')).toMatchObject({ doc: { outcome: 'landed' } });
  await s.rota(['sweep']);
  canary.expectAlive();
});

test("the person's own settings, and what they include: refused, with the file", async () => {
  const s = await hostileScene();
  const included = `${s.box.folder}/included.inc`;
  s.home.git('config', '--global', 'include.path', included);
  s.agent.script('A1', [
    WORK,
    { sh: `git config --global core.sshCommand ${s.canary.command}` },
    { sh: `git config --file '${included}' alias.status '!${s.canary.command}'` },
  ]);
  const end = await s.run();
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
  expect(end.doc.reason).toContain(`the setting alias.status of ${included} was added`);
  expect(end.doc.reason).toMatch(/the setting core\.sshcommand of \/.*\.gitconfig was added/);
});

test('where the remote leads: the run itself does not follow, and the change is named', async () => {
  const s = await hostileScene({ hub: 'file' });
  const { canary } = s;
  const evil = s.box.bare('evil.git');
  const plant = [
    `git remote set-url origin ${evil.root}`,
    `git remote set-url --push origin ${evil.root}`,
    `git config remote.origin.receivepack ${canary.command}`,
    `git config remote.origin.uploadpack ${canary.command}`,
    `git config url.${evil.root}.insteadOf ${s.shared.root}`,
  ];
  s.agent.script('A1', [WORK, ...plant.map((sh) => ({ sh }))], [WORK]);
  canary.listen();
  const end = await s.run();
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
  for (const key of ['url', 'pushurl', 'receivepack', 'uploadpack'])
    expect(end.doc.reason).toContain(`setting remote.origin.${key} was `);
  expect(evil.git('for-each-ref')).toBe('');
  expect(s.record('A1')).toMatchObject({ state: 'blocked', lock: null });
  canary.expectAlive();
});

test('what a person changes in their settings meanwhile is no reason to refuse', async () => {
  const s = await hostileScene();
  s.agent.script('A1', [WORK, { pause: 'agent' }]);
  const { ended } = s.start(['run', 'developer', 'A1']);
  await s.agent.reached('agent');
  s.home.git('config', 'user.email', 'pat@example.com');
  s.home.git('remote', 'add', 'fork', '/nowhere');
  s.home.git('checkout', '-q', '-b', 'topic');
  s.home.commit('person: topic', { 'docs/topic.md': 'x\n' });
  s.home.git('commit', '-q', '--amend', '-m', 'person: topic, again');
  s.home.git('checkout', '-q', 'main');
  s.home.commit('person: on main', { 'docs/main.md': 'x\n' });
  s.agent.goOn('agent');
  const end = await ended;
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(end.stderr).toContain('setting remote.fork.url was added');
  await expectSound(s);
});
