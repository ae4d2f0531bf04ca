import { argv, env, stdin, stdout } from 'node:process';
import { moveMainLocally } from '../../src/store/home/move-main-locally.ts';
import { openRepository } from '../../src/store/repository.ts';
import { systemOf } from './home.ts';

/** Moves main from one commit to another in a process of its own, as soon as a byte arrives: to be killed. */
async function move(root: string, old: string, next: string): Promise<void> {
  const variables = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const system = systemOf(root, variables);
  const repository = await openRepository(system, root);
  stdout.write('ready\n');
  await new Promise((go) => stdin.once('data', go));
  stdin.destroy();
  const moving = moveMainLocally(system, repository, { branch: 'main', isOwn: () => false });
  stdout.write(`${JSON.stringify(await moving({ run: 'KILLED', old, new: next, refs: [] }))}\n`);
}

await move(argv[2]!, argv[3]!, argv[4]!);
