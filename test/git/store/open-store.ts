import { afterEach } from 'vitest';
import { emptyRecord } from '../../../src/plan/empty-record.ts';
import { type Identity, readIdentity } from '../../../src/store/identity.ts';
import { type Neutral, openNeutral } from '../../../src/store/neutral.ts';
import { type RecordStore, recordStore } from '../../../src/store/records/record-store.ts';
import { localRefs } from '../../../src/store/refs/local.ts';
import { type RemoteAddress, remoteRefs } from '../../../src/store/refs/remote.ts';
import { openRepository, type Repository } from '../../../src/store/repository.ts';
import type { SharedRefs } from '../../../src/store/shared-refs.ts';
import type { System } from '../../../src/system/ports.ts';
import { type HttpRemote, httpRemote } from '../../support/http-remote.ts';
import { type Sandbox, sandbox, type TestRepo } from '../../support/repo.ts';
import { startSshd } from '../../support/sshd.ts';

/** `heads`: a remote that takes branches only, so that the shared refs are below HEADS there. */
export type Backend = 'local' | 'file' | 'http' | 'ssh' | 'heads';

export const HEADS = 'refs/heads/rota/';

export interface TestStore {
  readonly sandbox: Sandbox;
  readonly system: System;
  /** Where rota works. */
  readonly repo: TestRepo;
  /** Where the shared refs are: the bare remote, or the repository itself. */
  readonly shared: TestRepo;
  readonly url: string | null;
  readonly http: HttpRemote | null;
  readonly repository: Repository;
  readonly neutral: Neutral;
  readonly identity: Identity;
  readonly refs: SharedRefs;
  readonly records: RecordStore;
  /** Writes a record without a lock and returns its token. */
  record(id: string, previous?: string | null): Promise<string>;
  /** The shared main. */
  main(): string;
}

/** What hosts do that know no refs but their own. */
const BRANCHES_ONLY =
  '#!/bin/sh\ncase $1 in refs/heads/*) exit 0;; *) echo "only branches can be pushed" >&2; exit 1;; esac\n';

const open: Neutral[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((neutral) => neutral.close()));
});

/** A repository with one commit on main, its shared refs and records through one of the backends. */
export async function openStore(backend: Backend, address: Partial<RemoteAddress> = {}): Promise<TestStore> {
  const box = sandbox();
  const first = box.repo('first');
  if (backend === 'local') return storeOf(box, first, first, null, null, address);
  const bare = box.bare('remote.git');
  first.git('push', '-q', bare.root, 'main');
  const http = backend === 'http' ? await httpRemote(bare) : null;
  // Everybody shares one connection: a new one costs the time of many a swap.
  const ssh = backend === 'ssh' ? await startSshd(box, { shared: true }) : null;
  const url = http?.url ?? ssh?.url(bare.root) ?? `file://${bare.root}`;
  if (backend === 'heads') {
    bare.write('hooks/update', BRANCHES_ONLY);
    return storeOf(box, box.clone(bare.root, 'work'), bare, url, http, { prefix: HEADS, ...address });
  }
  return storeOf(box, box.clone(bare.root, 'work'), bare, url, http, address);
}

/** The same for a repository that is there. */
export async function storeOf(
  box: Sandbox,
  repo: TestRepo,
  shared: TestRepo,
  url: string | null,
  http: HttpRemote | null = null,
  address: Partial<RemoteAddress> = {},
  system: System = box.system(),
): Promise<TestStore> {
  const repository = await openRepository(system, repo.root);
  const neutral = await openNeutral(system, repository);
  open.push(neutral);
  const identity = await readIdentity(system, repository);
  const refs =
    url === null
      ? localRefs(system, repository, 'main')
      : remoteRefs(system, repository, neutral, { url, branch: 'main', ...address });
  const records = recordStore(system, repository, neutral, identity);
  return {
    sandbox: box,
    system,
    repo,
    shared,
    url,
    http,
    repository,
    neutral,
    identity,
    refs,
    records,
    record: (id, previous = null) => records.write(emptyRecord(id), { previous }),
    main: () => shared.git('rev-parse', 'refs/heads/main'),
  };
}
