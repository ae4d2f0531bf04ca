import { execFileSync, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { expect, test } from 'vitest';
import { hasBwrap } from '../support/boxed-scene.ts';
import { ROTA, sandbox } from '../support/repo.ts';
import { type Scene, scene, taskFile, taskText } from '../support/scene.ts';

/** Not every machine has it: named here only. */
const [BWRAP] = ['bwrap'] as const;

/** A command in a pid namespace of its own, as in a container: the same host name, machine id, boot and repository. */
function contained(s: Scene, ...args: string[]) {
  const box = ['--dev-bind', '/', '/', '--unshare-pid', '--proc', '/proc', '--die-with-parent'];
  const child = spawn(BWRAP, [...box, process.execPath, ROTA, ...args, '--json'], {
    cwd: s.home.root,
    env: s.box.env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let stdout = '';
  child.stdout.on('data', (piece) => (stdout += piece));
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents freely
  return new Promise<any>((done) => child.on('close', () => done(JSON.parse(stdout))));
}

test.skipIf(!hasBwrap() || !existsSync('/etc/machine-id'))(
  'an id that images have before they are started is none',
  () => {
    const { folder } = sandbox();
    const module = join(import.meta.dirname, '../../src/system/machine.ts');
    const made = join(folder, 'machine.mjs');
    buildSync({ entryPoints: [module], outfile: made, bundle: true, platform: 'node', format: 'esm' });
    const idWith = (text: string, host: string) => {
      writeFileSync(join(folder, 'machine-id'), text);
      const none = ['--bind', join(folder, 'machine-id'), '/etc/machine-id', '--tmpfs', '/var/lib'];
      const box = ['--dev-bind', '/', '/', '--unshare-uts', '--hostname', host, ...none];
      const code = `import { readMachine } from '${made}'; console.log(readMachine(process.pid).id);`;
      const argv = [...box, process.execPath, '--input-type=module', '--eval', code];
      return execFileSync(BWRAP, argv, { encoding: 'utf8' });
    };
    const id = 'd0ae7e10ab154342b3d1dba5e1ab7e0c\n';
    expect(idWith(id, 'one')).toBe(idWith(id, 'two'));
    for (const text of ['', 'uninitialized\n', `${'0'.repeat(32)}\n`])
      expect(idWith(text, 'one')).not.toBe(idWith(text, 'two'));
  },
);

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
