import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { namesIn } from '../../git/workplace/clone-scene.ts';
import { expectSound, landings } from '../../support/aftermath.ts';
import { type BoxedScene, boxedScene, hasBwrap, type Kept } from '../../support/boxed-scene.ts';
import { processesOf } from '../../support/scene.ts';
import { until } from '../../support/until.ts';
import { processesNamed } from './canaries.ts';

const WORK = `
echo a > src/a.txt; git add -A; git commit -qm 'feat: mine'
echo left > src/left.txt; mkdir -p cache; echo ignored > cache/keep.txt
`;
const DAEMONS = (name: string) => `
(setsid bash -c "exec -a ${name}-1 sleep 1000" &); (setsid env -i ROTA_RUN="$ROTA_RUN" /bin/bash -c "exec -a ${name}-2 /bin/sleep 1000" &)
(setsid bash -c "exec -a ${name}-3 sleep 1000" &)
`;

interface Killed {
  readonly s: BoxedScene;
  readonly run: string;
  readonly name: string;
}

/** A worker is killed while its agent, three daemons of it included, is at work. */
async function killed(kept: Kept): Promise<Killed> {
  const s = await boxedScene(kept, {
    files: { '.gitignore': 'cache/\n', 'tools/boxed.sh': 'DESK="$1"; . "$DESK/boxed.sh"\n' },
  });
  const name = `rotadeath${process.pid}${Math.random().toString(36).slice(2)}`;
  onTestFinished(() => {
    for (const pid of processesNamed(name)) process.kill(pid, 'SIGKILL');
  });
  s.do(`${WORK}${DAEMONS(name)}touch reached; sleep 1000\n`);
  const worker = s.home.start(['run', 'developer', 'A1']);
  await s.reached('reached');
  await until(() => processesNamed(name).length >= 3, 'the daemons did not start');
  const { run } = s.record('A1').lock;
  worker.kill('SIGKILL');
  await worker.ended;
  return { s, run, name };
}

async function expectHealed({ s, run, name }: Killed): Promise<void> {
  expect(await s.rota(['sweep'])).toMatchObject({ code: 0, doc: { freed: [{ task: 'A1' }] } });
  expect([processesOf(run), processesNamed(name)]).toEqual([[], []]);
  const branch = 'ai/developer/A1-greet-from-a1';
  expect(s.home.git('log', '--format=%s', `main..${branch}`)).toContain('feat: mine');
  expect(s.home.git('show', `${branch}:src/left.txt`)).toBe('left');
  expect(s.home.read('.worktrees/ai/developer/A1-greet-from-a1/cache/keep.txt')).toBe('ignored\n');
  expect(existsSync(join(s.home.root, '.worktrees/.clones'))).toBe(false);
  expect(namesIn(join(s.home.root, '.git/rota/quarantine'))).toEqual([]);
  expect(s.record('A1').lock).toBe(null);
  await expectSound(s);
  s.do('printf -- \'---\\noutcome: done\\nsummary: done\\n---\\n\' > "$ROTA_RESULT"; rm -f reached\n');
  expect((await s.run('A1')).doc).toMatchObject({ outcome: 'landed' });
  expect(s.onMain('src/a.txt')).toBe('a\n');
  expect(s.onMain('src/left.txt')).toBe('left\n');
  expect(landings(s)).toHaveLength(1);
}

test.skipIf(!hasBwrap()).each(['bwrap', 'clone'] as const)(
  'SIGKILL of the worker: inside %s no process is left, without any sweep; one sweep keeps the work',
  async (kept) => {
    const dead = await killed(kept);
    await until(
      () => processesNamed(dead.name).length + processesOf(dead.run).length === 0,
      'processes were left',
    );
    await expectHealed(dead);
  },
);

test.each(['none', 'clone without bwrap'] as const)(
  'SIGKILL of the worker, %s: one sweep ends all it left and keeps the work',
  async (kept) => {
    const dead = await killed(kept);
    expect(processesNamed(dead.name).length).toBeGreaterThanOrEqual(3);
    await expectHealed(dead);
  },
);
