import { NO_REST } from '../../../src/plan/own-rest.ts';
import type { PickFacts } from '../../../src/plan/pick-facts.ts';
import type { HeldRecord, LockRecord, TaskRecord } from '../../../src/plan/record.ts';
import type { Role } from '../../../src/role/role.ts';
import { taskKey } from '../../../src/task/id.ts';
import type { LockBlock, Task } from '../../../src/task/task.ts';

export const NOW = new Date('2026-11-20T12:00:00Z');

export function makeTask(id: string, over: Partial<Task> = {}): Task {
  return {
    id,
    key: taskKey(id),
    file: `backlog/${id}-task.md`,
    title: `Task ${id}`,
    type: 'feature',
    priority: 'medium',
    order: null,
    status: 'ready',
    role: null,
    epic: null,
    depends: [],
    touches: [],
    repeat: null,
    notBefore: null,
    lock: null,
    ...over,
  };
}

export function makeRole(name: string, over: Partial<Role> = {}): Role {
  return {
    name,
    file: `roles/${name}.md`,
    takes: { type: ['feature', 'bug', 'chore'] },
    agent: 'mine',
    mayEdit: ['**', '!backlog/**', '!roles/**', '!rota.yaml'],
    maySet: [],
    mayAddTasks: true,
    mayDeleteTests: false,
    check: null,
    timeLimit: 3_600_000,
    stallLimit: 600_000,
    fixes: 2,
    attempts: 3,
    maxWorkers: null,
    limits: {},
    proof: {},
    result: 'required',
    isolation: 'none',
    budget: [],
    prompt: '',
    ...over,
  };
}

export function makeLock(over: Partial<LockRecord> = {}): LockRecord {
  return {
    run: 'R1',
    role: 'developer',
    by: 'pat@host',
    host: 'host',
    machine: 'm1',
    pidNamespace: 'ns1',
    boot: 'boot1',
    pid: 42,
    started: '1000',
    pgid: null,
    branch: 'ai/developer/A1-task',
    since: '2026-11-20T11:00:00Z',
    ...over,
  };
}

export function makeRecord(over: Partial<TaskRecord> = {}): TaskRecord {
  return {
    v: 1,
    task: 'A1',
    lock: null,
    state: null,
    attempts: 0,
    reason: null,
    notes: [],
    notBefore: null,
    pr: null,
    waiting: null,
    proposal: null,
    returned: null,
    publish: null,
    of: null,
    log: [],
    ...over,
  };
}

export function makeBlock(over: Partial<LockBlock> = {}): LockBlock {
  return { run: null, role: null, by: null, since: null, branch: null, ...over };
}

export function heldBy(record: TaskRecord | null): HeldRecord {
  return { token: 'f'.repeat(40), record };
}

export function makeFacts(tasks: readonly Task[], over: Partial<PickFacts> = {}): PickFacts {
  const role = makeRole('developer');
  const tester = makeRole('tester', { takes: { type: ['test'] } });
  return {
    role,
    roles: [role, tester],
    tasks,
    unusable: new Map(),
    records: new Map(),
    edited: () => false,
    liveness: () => 'live',
    landsBySweep: () => false,
    full: null,
    paused: { all: false, roles: [] },
    rest: NO_REST,
    now: NOW,
    ...over,
  };
}
