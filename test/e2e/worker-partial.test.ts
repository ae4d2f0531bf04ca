import { expect, test } from 'vitest';
import { emptyMachine } from '../support/empty-machine.ts';
import { httpRemote } from '../support/http-remote.ts';
import { type Scene, type SceneWish, scene } from '../support/scene.ts';

// How many objects of main's history the agent's repository has not.
const COUNT = "git rev-list --objects --missing=print HEAD | grep -c '^?' > src/missing.txt || :";

const LOG = 'git log -p --format= -- src/poem.txt > src/log.txt';

/** A remote that can leave files out, as hosted ones do; its history has files that main has no more. */
async function hosted(wish: SceneWish = {}): Promise<Scene> {
  const s = await scene({
    ...wish,
    hub: 'file',
    files: { 'src/poem.txt': poem('one', 'two'), 'tools/look.sh': `${COUNT}\n${LOG}\n` },
  });
  s.shared.git('config', 'uploadpack.allowFilter', 'true');
  s.shared.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
  return s;
}

function poem(first: string, last: string): string {
  return `${[first, ...'abcdefgh', last].join('\n')}\n`;
}

function onMain(s: Scene, message: string, files: Record<string, string>): void {
  s.home.git('pull', '-q', '--rebase', s.shared.root, 'main');
  s.home.commit(message, files);
  s.home.git('push', '-q', s.shared.root, 'main');
}

test('a branch of another machine is resumed, though main has moved on, and back to an old file', async () => {
  const s = await hosted();
  const old = s.home.read('README.md');
  // Neither main nor the branch has it until it comes back.
  onMain(s, 'new words', { 'README.md': '# hey\n' });
  s.agent.script(
    'A1',
    [{ write: { 'src/poem.txt': poem('eins', 'two'), broken: 'yes\n' } }],
    [{ delete: ['broken'] }, { sh: COUNT }],
  );
  // Behind a login that only rota's own calls to the remote have: a fetch that git begins by itself for what is missing fails.
  const { url } = await httpRemote(s.shared, 'rota:word');
  const helper = '!f() { echo username=$ROTA_GIT_USER; echo password=$ROTA_GIT_PASSWORD; }; f';
  s.home.git('config', '--global', 'credential.helper', helper);
  const env = { ROTA_GIT_USER: 'rota', ROTA_GIT_PASSWORD: 'word' };
  expect((await emptyMachine(s, { url, env }).work('--max', '1')).doc.runs).toMatchObject([
    { outcome: 'red' },
  ]);
  onMain(s, 'second', { 'src/poem.txt': poem('one', 'deux') });
  const machine = emptyMachine(s, { url, env });
  // While the agent works, main gets back a file that only history has: the server may take it for known.
  s.agent.script('A1', [], [{ delete: ['broken'] }, { sh: COUNT }, { pause: 'working' }]);
  const { ended } = machine.start('--max', '1');
  await s.agent.reached('working');
  onMain(s, 'back', { 'README.md': old });
  s.agent.goOn('working');
  expect((await ended).doc.runs).toMatchObject([{ outcome: 'landed', reason: null }]);
  expect(Number(s.onMain('src/missing.txt'))).toBeGreaterThan(0);
  expect(s.onMain('src/poem.txt')).toBe(poem('eins', 'deux'));
  expect(s.onMain('README.md')).toBe(old);
  expect(machine.left()).toEqual([]);
});

test('isolation: clone gets the whole history, for its agent cannot fetch any of it', async () => {
  const s = await hosted({
    role: { isolation: 'clone' },
    // The scripted agent's desk is out of reach in there.
    config: { agents: '{mine: {command: [sh, tools/look.sh]}}' },
  });
  onMain(s, 'second', { 'src/poem.txt': poem('one', 'deux') });
  const { doc } = await emptyMachine(s, { url: `file://${s.shared.root}` }).work('--max', '1');
  expect(doc.runs).toMatchObject([{ outcome: 'landed', reason: null }]);
  expect(s.onMain('src/missing.txt')).toBe('0\n');
  expect(s.onMain('src/log.txt')).toContain('-two');
});
