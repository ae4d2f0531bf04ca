import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectTidy, processesOf, type Scene, scene } from '../support/scene.ts';
import { containersOf, HAS_PODMAN, type TinyImage, tinyImage } from '../support/tiny-image.ts';
import { until } from '../support/until.ts';

let image: TinyImage;

async function contained(script: string): Promise<Scene> {
  const s = await scene({
    role: { isolation: 'container' },
    config: {
      agents: '{mine: {command: [sh, tools/agent.sh], prompt: stdin}}',
      // Green only in the image, which has no ps and nobody's HOME.
      gate: '["test ! -e ~/.gitconfig && ! command -v ps && cat src/new.txt"]',
      isolation: `{network: none, image: "${image.name}"}`,
    },
    files: { 'tools/agent.sh': script, '.gitignore': 'at-work\n' },
  });
  Object.assign(s.box.env, image.env);
  return s;
}

const WORK = 'echo work > src/new.txt; git add -A; git commit -qm "feat: work"';
describe.skipIf(!HAS_PODMAN)('a run in a container', () => {
  beforeAll(() => {
    image = tinyImage();
  });
  afterAll(() => image.remove());

  test('lands, with its gate in a container', async () => {
    const s = await contained(
      `cat > /dev/null; ${WORK}; echo more >> src/new.txt; printf -- "---\\noutcome: done\\nsummary: did it\\n---\\n" > "$ROTA_RESULT"`,
    );
    const end = await s.run();
    expect(end, end.stderr).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expectTidy(s, end);
    expect(s.onMain('src/new.txt')).toBe('work\nmore\n');
    const folder = join(s.home.root, '.git/rota/runs', end.doc.run);
    expect(readFileSync(join(folder, 'events.jsonl'), 'utf8')).toContain(
      '"isolation":"container","says":"the agent',
    );
    expect(containersOf(end.doc.run)).toBe('');
    expect(readdirSync(folder).filter((name) => name.startsWith('box'))).toEqual([]);
  });

  test('SIGKILL of the worker: one sweep ends the container, keeps its work and frees the task', async () => {
    const s = await contained(`${WORK}; echo half > src/half.txt; touch at-work; sleep 86393`);
    const worker = s.start(['run', 'developer']);
    const lost = worker.ended.catch(() => null);
    const worktree = join(s.home.root, '.worktrees/ai/developer/A1-greet-from-a1');
    await until(() => existsSync(join(worktree, 'at-work')), 'the agent does not work');
    const [run = ''] = readdirSync(join(s.home.root, '.git/rota/runs'));
    worker.kill('SIGKILL');
    await lost;
    const swept = await s.rota(['sweep']);
    expect(swept.doc.freed).toMatchObject([{ task: 'A1' }]);
    expect(containersOf(run)).toBe('');
    expect(processesOf(run)).toEqual([]);
    const [branch = ''] = s.branches();
    expect(s.home.git('log', '--format=%s', `main..${branch}`)).toBe(
      'chore(A1): keep the work of a run that died\nfeat: work',
    );
    expect(s.home.git('show', `${branch}:src/half.txt`)).toBe('half');
  });
});
