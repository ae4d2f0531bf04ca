import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { hasBwrap } from '../support/boxed-scene.ts';
import { ROTA } from '../support/repo.ts';
import { type Scene, scene, taskFile, taskText } from '../support/scene.ts';

/** A command in a pid namespace of its own, as in a container: the same host name, machine id, boot and repository. */
function contained(s: Scene, ...args: string[]) {
  const box = ['--dev-bind', '/', '/', '--unshare-pid', '--proc', '/proc', '--die-with-parent'];
  const child = spawn('bwrap', [...box, process.execPath, ROTA, ...args, '--json'], {
    cwd: s.home.root,
    env: s.box.env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let stdout = '';
  child.stdout.on('data', (piece) => (stdout += piece));
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents freely
  return new Promise<any>((done) => child.on('close', () => done(JSON.parse(stdout))));
}

test.skipIf(!hasBwrap())(
  'workers in containers of one machine, same host name and id, are not taken for dead, here or there',
  async () => {
    const s = await scene({
      hub: 'file',
      tasks: { [taskFile('A1')]: taskText('A1'), [taskFile('A2')]: taskText('A2') },
    });
    s.agent.script('A1', [{ write: { 'src/a.txt': 'a\n' } }, { pause: 'one' }]);
    s.agent.script('A2', [{ write: { 'src/b.txt': 'b\n' } }, { pause: 'two' }]);
    const one = contained(s, 'run', 'developer', 'A1');
    await s.agent.reached('one');
    // Its pid means another process here, or none.
    const { pid, host, machine } = s.record('A1').lock;
    expect({ host, machine }).toEqual({
      host: s.box.system().machine.host,
      machine: s.box.system().machine.id,
    });
    expect(pid).toBeLessThan(100);
    const two = contained(s, 'run', 'developer', 'A2');
    await s.agent.reached('two');
    const swept = await Promise.all([s.rota(['sweep']).then(({ doc }) => doc), contained(s, 'sweep')]);
    expect(swept.map(({ freed }) => freed)).toEqual([[], []]);
    const { doc } = await s.rota(['status']);
    expect(doc.workers.map(({ task, alive }: { task: string; alive: boolean }) => [task, alive])).toEqual([
      ['A1', null],
      ['A2', null],
    ]);
    s.agent.goOn('one');
    s.agent.goOn('two');
    expect((await Promise.all([one, two])).map(({ outcome }) => outcome)).toEqual(['landed', 'landed']);
  },
);
