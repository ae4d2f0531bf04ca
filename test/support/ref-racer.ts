import { argv, stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline';
import { emptyRecord } from '../../src/plan/empty-record.ts';
import { readIdentity } from '../../src/store/identity.ts';
import { openNeutral } from '../../src/store/neutral.ts';
import { recordStore } from '../../src/store/records/record-store.ts';
import { taskRef } from '../../src/store/records/task-ref.ts';
import { localRefs } from '../../src/store/refs/local.ts';
import { remoteRefs } from '../../src/store/refs/remote.ts';
import { openRepository } from '../../src/store/repository.ts';
import { realSystem } from '../../src/system/real-system.ts';
import { taskKey } from '../../src/task/id.ts';

/**
 * A process that takes part in races: for every line of stdin (an id) it tries to create that task's record and answers
 * with what became of it. Bundled and started by the contract test.
 */
async function race(folder: string, url: string | undefined): Promise<void> {
  const system = realSystem();
  const repository = await openRepository(system, folder);
  const neutral = await openNeutral(system, repository);
  const identity = await readIdentity(system, repository);
  const refs = url
    ? remoteRefs(system, repository, neutral, { url, branch: 'main' })
    : localRefs(system, repository, 'main');
  const records = recordStore(system, repository, neutral, identity);
  stdout.write('ready\n');
  for await (const id of createInterface({ input: stdin })) {
    const token = await records.write(emptyRecord(id), { previous: null });
    const result = await refs.swap([{ ref: taskRef(taskKey(id)), from: null, to: token }]);
    stdout.write(`${result.kind} ${token} ${'reason' in result ? result.reason : ''}\n`);
  }
  await neutral.close();
}

await race(argv[2]!, argv[3]);
