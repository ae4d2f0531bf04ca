import { expect, test } from 'vitest';
import { sandbox } from '../../support/repo.ts';
import { FILES, projectOf } from '../worktree/open-test-project.ts';
import { NOTHING, WHILE, watching } from './watching.ts';

test('HEAD of the checkout: a switch leaves a line in its log, an agent that writes the file does not', async () => {
  const { repo, start } = await watching();
  repo.git('branch', 'topic');
  const end = await start();
  repo.git('switch', '-q', 'topic');
  repo.git('switch', '-q', 'main');
  expect(await end()).toEqual(NOTHING);
  const again = await start();
  repo.write('.git/HEAD', 'ref: refs/heads/topic\n');
  expect(await again()).toEqual({
    refused: [],
    noticed: [`${WHILE}HEAD of your checkout was changed from main to topic, not by a switch`],
    meanwhile: [],
  });
});

test('with a remote, main deleted from inside the checkout: said, with the command that brings it back', async () => {
  const given = sandbox().repo('repo', FILES);
  const hub = given.sandbox.bare('hub.git');
  given.git('remote', 'add', 'origin', hub.root);
  given.git('push', '-q', 'origin', 'main');
  const { repo, start, main } = await watching(await projectOf(given));
  const was = main();
  const end = await start();
  repo.git('update-ref', '-d', 'refs/heads/main');
  expect(await end()).toEqual({
    refused: [],
    noticed: [`${WHILE}main was deleted here; to put it back: git update-ref refs/heads/main ${was}`],
    meanwhile: [],
  });
});
