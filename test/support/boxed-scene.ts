import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isThere } from './is-there.ts';
import { type Scene, type SceneWish, scene, taskFile, taskText } from './scene.ts';
import { until } from './until.ts';

/** How an agent is kept in its place; `clone without bwrap`: on a machine that has none. */
export type Kept = 'none' | 'bwrap' | 'clone' | 'clone without bwrap';

export interface BoxedScene extends Scene {
  /** What the agent does in all its turns, in sh. It can read this, and can write nothing here. */
  do(sh: string): void;
  /** A folder that the agent reads. */
  readonly desk: string;
  /** Resolves when there is this file in the run's worktree: the agent has no other way to say where it is. */
  reached(file: string): Promise<void>;
  /** Lets an agent go on that waits for `$DESK/go`. */
  goOn(): void;
  readonly worktree: string;
}

export const hasBwrap = (): boolean => isThere('bwrap', '--ro-bind', '/', '/', 'true');

/** A scene with tasks A1 and A2 whose agent works under an isolation, where it cannot write to a desk of the test's. */
export async function boxedScene(kept: Kept, wish: SceneWish = {}): Promise<BoxedScene> {
  const [isolation = 'none'] = kept.split(' ');
  const s = await scene({
    tasks: {
      [taskFile('A1')]: taskText('A1', { priority: 'high' }),
      [taskFile('A2')]: taskText('A2', { priority: 'low' }),
    },
    ...wish,
    role: { isolation, ...wish.role },
    config: (agent) => ({
      agents: `{mine: {command: [sh, tools/boxed.sh, "${agent.command[2]}"]}}`,
      isolation: `{read: ["${agent.command[2]}"]}`,
      ...(typeof wish.config === 'function' ? wish.config(agent) : wish.config),
    }),
    files: { 'tools/boxed.sh': 'DESK="$1"; . "$DESK/boxed.sh"\n', ...wish.files },
  });
  const desk = s.agent.command[2] ?? '';
  if (kept === 'clone without bwrap')
    s.box.env['PATH'] = withoutBwrap(join(s.box.folder, 'bin'), s.box.env['PATH'] ?? '');
  const worktree = join(s.home.root, '.worktrees/ai/developer/A1-greet-from-a1');
  return {
    ...s,
    desk,
    worktree,
    do: (sh) => writeFileSync(join(desk, 'boxed.sh'), sh),
    reached: (file) => until(() => existsSync(join(worktree, file)), `${file} was not there`),
    goOn: () => writeFileSync(join(desk, 'go'), ''),
  };
}

/** The programs of PATH in one folder, but for bwrap. */
function withoutBwrap(folder: string, path: string): string {
  mkdirSync(folder);
  for (const from of path.split(delimiter)) {
    for (const name of existsSync(from) ? readdirSync(from) : []) {
      if (name !== 'bwrap' && !existsSync(join(folder, name)))
        symlinkSync(join(from, name), join(folder, name));
    }
  }
  return folder;
}
