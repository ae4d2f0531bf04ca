import { expect, test } from 'vitest';
import { hookedSystem, nextCommit, scene } from '../home/scene.ts';

const isUpdateRef = (port: string, _name: string, args: unknown[]) =>
  port === 'git' && (args[1] as string[]).includes('update-ref');

test.each(['long before', 'just before'])(
  'main that somebody moved %s the swap is not moved',
  async (when) => {
    const { repo, system, move } = await scene();
    const theirs = nextCommit(repo, (side) => side.write('second.txt', 'theirs\n'));
    // No checkout is on main: nothing but the comparison can see it.
    repo.git('switch', '-q', '-c', 'feature');
    const act = () => void repo.git('update-ref', 'refs/heads/main', theirs);
    if (when === 'long before') act();
    const hooked = when === 'long before' ? system : hookedSystem(system, isUpdateRef, act);
    expect(await move({ system: hooked })).toEqual({ kind: 'stale', refs: ['refs/heads/main'] });
    expect(repo.git('rev-parse', 'main')).toBe(theirs);
  },
);
