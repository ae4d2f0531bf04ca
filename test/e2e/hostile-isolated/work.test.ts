import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { namesIn } from '../../git/workplace/clone-scene.ts';
import { expectSound } from '../../support/aftermath.ts';
import { boxedScene, hasBwrap, type Kept } from '../../support/boxed-scene.ts';
import { expectTidy } from '../../support/scene.ts';

const WAYS: readonly Kept[] = ['clone', 'clone without bwrap'];

test.each(WAYS)('%s: commits and leftovers land, in two turns; nothing of it stays', async (kept) => {
  if (kept === 'clone') expect(hasBwrap()).toBe(true);
  const s = await boxedScene(kept, { role: { fixes: 1 } });
  s.do(`
if [ -e broken ]; then rm broken; printf -- '---\\noutcome: done\\nsummary: mended\\n---\\n' > "$ROTA_RESULT"; exit 0; fi
echo a > src/a.txt; echo x > broken; git add -A; git commit -qm 'feat: mine'
echo left > src/left.txt
git log --format=%s > src/seen.txt; git branch -a --format='%(refname)' >> src/seen.txt; echo "home:$ROTA_HOME" >> src/seen.txt
cat "$ROTA_PROMPT" > src/prompt.txt
`);
  const end = await s.run();
  expect(end, end.stderr).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expectTidy(s, end);
  await expectSound(s);
  expect(s.onMain('src/left.txt')).toBe('left\n');
  expect(s.onMain('src/prompt.txt')).toContain('Say hello, politely.');
  expect(s.onMain('src/seen.txt').split('\n').slice(-4, -1)).toEqual([
    'refs/heads/ai/developer/A1-greet-from-a1',
    'refs/heads/main',
    'home:',
  ]);
  expect(s.home.git('log', '--format=%s', 'main')).toContain('feat: mine');
  expect(s.branches()).toEqual([]);
  expect(namesIn(join(s.home.root, '.worktrees'))).toEqual([]);
  expect(end.stderr).toContain(
    kept === 'clone' ? '(inside bubblewrap)' : 'a repository of its own, but your rights',
  );
  expect(
    existsSync(join(s.home.root, '.git/rota/quarantine'))
      ? namesIn(join(s.home.root, '.git/rota/quarantine'))
      : [],
  ).toEqual([]);
});
