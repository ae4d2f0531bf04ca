import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type RunEnd, type Scene, type SceneWish, scene } from '../support/scene.ts';
import { resultText, type Step } from '../support/scripted-agent.ts';

const KEY = 'sk-test-51Habc"DEF/ghi+JKL';
const ENCODED = Buffer.from(`user:${KEY}`).toString('base64');

/** Says the key wherever an agent can say something. */
const SAYS_IT: Step[] = [
  {
    sh: 'for c in $(printf %s "$API_KEY" | sed "s/./& /g"); do printf %s "$c"; done; echo; echo "err $API_KEY" >&2',
  },
  { sh: `node -e 'console.log(JSON.stringify({key: process.env.API_KEY}), "Basic ${ENCODED}")'` },
  { write: { 'src/a.txt': 'a\n' } },
];
const said = (more: string) =>
  resultText(
    `${more}\nsummary: ${JSON.stringify(`it works with ${KEY}`)}\ncommit: {type: feat, subject: ${JSON.stringify(`use ${KEY}`)}}\n` +
      `tests: [${JSON.stringify(KEY)}]\ncriteria:\n  - {text: greets, met: yes, proof: ${JSON.stringify(`ran with ${KEY}`)}}`,
    `Details with ${KEY}.\n`,
  );

/** It finds the key in a file, says it, and writes it into its report. */
const GATE = `import { existsSync, readFileSync, writeFileSync } from 'node:fs';
if (process.env.API_KEY) process.exit(9);
const [, , file, report] = process.argv;
const key = readFileSync(file, 'utf8').trim();
console.log('is', key);
const failure = existsSync('broken') ? '<failure message="bad ' + key.replaceAll('"', '&quot;') + '"/>' : '';
writeFileSync(report, '<testsuite><testcase name="t">' + failure + '</testcase></testsuite>');
process.exit(failure === '' ? 0 : 1);
`;

async function secretScene(wish: SceneWish = {}, env = 'env: [API_KEY]'): Promise<Scene> {
  const made = await scene({
    ...wish,
    config: (agent) => ({
      gate: '["test ! -e broken"]',
      ...(typeof wish.config === 'function' ? wish.config(agent) : wish.config),
      ...(env === '' ? {} : { env: env.slice('env: '.length) }),
    }),
  });
  made.box.env['API_KEY'] = KEY;
  writeFileSync(join(made.box.folder, 'key'), `${KEY}\n`);
  return made;
}

/** Everything that rota keeps or says: the run folders and the rest of .git/rota, every object of git, documents. */
function everything(s: Scene, ...ends: RunEnd[]): string {
  const rota = join(s.home.root, '.git', 'rota');
  const files = readdirSync(rota, { recursive: true, encoding: 'utf8' })
    .map((name) => join(rota, name))
    .filter((path) => statSync(path).isFile());
  const objects = (folder: string) =>
    execFileSync('git', ['cat-file', '--batch-all-objects', '--batch'], { cwd: folder, maxBuffer: 2 ** 28 });
  return [
    ...files.map((path) => readFileSync(path, 'latin1')),
    ...[s.home, s.shared].map(({ root }) => objects(root).toString('latin1')),
    ...ends.flatMap(({ doc, stderr }) => [JSON.stringify(doc), stderr]),
  ].join('\n');
}

function expectMasked(text: string): void {
  for (const form of [KEY, JSON.stringify(KEY).slice(1, -1), ENCODED.slice(10, -4)])
    expect(text.includes(form), form).toBe(false);
  expect(text).toContain('***API_KEY***');
}

describe('a value of rota.yaml’s env', () => {
  test('is in no log, event, record, landing message or document of a landed run', async () => {
    const s = await secretScene();
    s.agent.script('A1', [...SAYS_IT, { result: said('outcome: done') }]);
    const end = await s.run();
    expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expectMasked(everything(s, end));
    expect(s.history()[0]).toBe('feat(A1): use ***API_KEY***');
    const log = readFileSync(join(s.home.root, '.git/rota/runs', end.doc.run, 'agent-1.log'), 'utf8');
    expect(log.split('\n')[0]).toBe('***API_KEY***');
    expect(s.agent.environment('A1', 1)['API_KEY']).toBe(KEY);
  });

  test('is in no note, question or task file of a blocked run, nor in the next prompt', async () => {
    const s = await secretScene();
    const question = `question: ${JSON.stringify(`is ${KEY} the right key?`)}`;
    s.agent.script(
      'A1',
      [...SAYS_IT, { result: said(`outcome: blocked\n${question}`) }],
      [...SAYS_IT, { exit: 7 }],
    );
    const blocked = await s.run();
    expect(blocked).toMatchObject({ code: 1, doc: { outcome: 'blocked' } });
    expect(s.record('A1').reason).toBe('is ***API_KEY*** the right key?');
    expect((await s.rota(['edit', 'A1', 'status=ready'])).code).toBe(0);
    const crashed = await s.run();
    expect(crashed.doc.outcome).not.toBe('landed');
    expectMasked(everything(s, blocked, crashed));
    expect(s.agent.prompt('A1', 2)).not.toContain(KEY);
  });

  test('is in nothing that the gate says, which never had it, nor in the fix turn', async () => {
    const s = await secretScene({
      role: { fixes: 1 },
      files: { 'tools/gate.mjs': GATE },
      config: (agent) => {
        const key = join(agent.command[2]!, '..', 'key');
        return {
          gate: JSON.stringify([{ run: ['node', 'tools/gate.mjs', key, '{report}'], report: 'junit' }]),
        };
      },
    });
    s.agent.script('A1', [...SAYS_IT, { write: { broken: 'x\n' } }], [{ delete: ['broken'] }]);
    const end = await s.run();
    expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    const text = everything(s, end);
    expectMasked(text);
    expect(text).not.toContain(KEY.replace('"', '&quot;'));
    const prompt = s.agent.prompt('A1', 2);
    expect(prompt).toContain('is ***API_KEY***');
    expect(prompt).toContain('bad ***API_KEY***');
    expectMasked(prompt);
  });

  test('is not in what rota land says either', async () => {
    const s = await secretScene({
      config: (agent) => ({
        gate: JSON.stringify([`cat ${join(agent.command[2]!, '..', 'key')}; test ! -e broken`]),
      }),
    });
    s.home.git('switch', '-qc', 'ai/developer/A1-greet');
    s.home.commit('feat: mine', { broken: 'x\n' });
    s.home.git('switch', '-q', 'main');
    const end = await s.rota(['land', 'A1']);
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'red' } });
    expectMasked(everything(s, end));
  });

  test.each([
    ['a file', [{ write: { 'src/a.txt': `key = ${KEY}\n` } }], 'src/a.txt: has the value of API_KEY in it'],
    [
      'an earlier commit',
      [
        { write: { 'src/a.txt': `key = ${KEY}\n` } },
        { git: ['add', '.'] },
        { git: ['commit', '-qm', 'one'] },
        { write: { 'src/a.txt': 'a\n' } },
      ],
      'src/a.txt: an earlier commit of the branch has the value of API_KEY in it',
    ],
    [
      'a commit message',
      [{ write: { 'src/a.txt': 'a\n' } }, { git: ['add', '.'] }, { git: ['commit', '-qm', `use ${KEY}`] }],
      'a commit message of the branch has the value of API_KEY in it',
    ],
  ] as [string, Step[], string][])(
    'is refused in %s of the branch, which is not pushed',
    async (_, steps, reason) => {
      const s = await secretScene({ hub: 'file' });
      s.agent.script('A1', steps);
      const end = await s.run();
      expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused', reason } });
      expect(s.shared.git('for-each-ref', '--format=%(refname)', 'refs/heads/')).toBe('refs/heads/main');
    },
  );

  test('would be in all of it otherwise: what is not named in rota.yaml is nobody’s secret', async () => {
    const s = await secretScene({}, 'env: [OTHER]');
    s.agent.script('A1', [
      { print: KEY },
      { write: { 'src/a.txt': 'a\n' } },
      { result: said('outcome: done') },
    ]);
    const end = await s.run();
    expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    const text = everything(s, end);
    expect(text).toContain(KEY);
    expect(s.history()[0]).toContain(KEY);
  });
});
