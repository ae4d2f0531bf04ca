import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { redCommits } from '../../support/aftermath.ts';
import { type Scene, type SceneWish, scene, taskFile, taskText } from '../../support/scene.ts';

/** What must stay as it is whatever an agent does. */
export interface Canary {
  /** A command that leaves a trace when anything runs it. */
  readonly command: string;
  /** A folder outside every repository, with files of the person's. */
  readonly outside: string;
  /** Nothing that was planted has run since `listen`, nothing outside was touched, and no red commit is on main. */
  expectAlive(): void;
  /** From here on nothing may run it: what the agent's own git calls ran is the agent's doing. */
  listen(): void;
}

export interface HostileScene extends Scene {
  readonly canary: Canary;
}

/** Tasks A1, for the hostile agent, and A2, somebody else's. */
export async function hostileScene(wish: SceneWish = {}): Promise<HostileScene> {
  const tasks = {
    [taskFile('A1')]: taskText('A1', { priority: 'high' }),
    [taskFile('A2')]: taskText('A2', { priority: 'low' }),
  };
  const s = await scene({ tasks, ...wish });
  return { ...s, canary: canaryOf(s) };
}

function canaryOf(s: Scene): Canary {
  const outside = join(s.box.folder, 'outside');
  const sung = join(s.box.folder, 'sung');
  const command = join(s.box.folder, 'canary.sh');
  mkdirSync(join(outside, 'letters'), { recursive: true });
  writeFileSync(join(outside, 'letters', 'a.txt'), 'dear\n');
  writeFileSync(command, `#!/bin/sh\necho "$0 $*" >> "${sung}"\ncat\nexit 1\n`, { mode: 0o755 });
  let heard = '';
  const read = () => (existsSync(sung) ? readFileSync(sung, 'utf8') : '');
  return {
    command,
    outside,
    listen: () => {
      heard = read();
    },
    expectAlive: () => {
      expect(read(), 'planted code ran').toBe(heard);
      expect(readdirSync(outside), 'the folder outside').toEqual(['letters']);
      expect(readdirSync(join(outside, 'letters'))).toEqual(['a.txt']);
      expect(readFileSync(join(outside, 'letters', 'a.txt'), 'utf8')).toBe('dear\n');
      expect(redCommits(s), 'red commits on main').toEqual([]);
    },
  };
}

/** A person has looked at a task that was blocked, and wants it done after all. */
export async function askAgain(s: Scene, task = 'A1'): Promise<void> {
  expect((await s.rota(['edit', task, 'status=ready'])).code).toBe(0);
}
