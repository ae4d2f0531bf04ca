/**
 * Rota as a library: the same functions that the command calls. `openProject(realSystem(), folder, emit)` finds the
 * repository; everything else takes the project.
 */
export type { Config } from './config.ts';
export { type ErrorCode, type Problem, RotaError } from './errors.ts';
export type { Emit, Outcome, RotaEvent, SentEvent } from './events.ts';
export type { HeldRecord, LockRecord, TaskRecord } from './plan/record.ts';
export { parseConfig } from './role/parse-config.ts';
export { parseRole } from './role/parse-role.ts';
export type { Role } from './role/role.ts';
export { addTask, type TaskWish } from './run/backlog/add-task.ts';
export { type EditedTask, editTaskKeys, lockTask, unlockTask } from './run/backlog/edit-task.ts';
export { pauseRoles } from './run/claim/pause-roles.ts';
export { landBranch } from './run/land/land-branch.ts';
export { openProject } from './run/project/open-project.ts';
export type { Project } from './run/project/project.ts';
export { readSnapshot, type Snapshot } from './run/project/snapshot.ts';
export { syncMain } from './run/project/sync.ts';
export type { RunResult } from './run/work/run-result.ts';
export { type RunWish, runRole } from './run/work/worker.ts';
export type { System } from './system/ports.ts';
export { realSystem } from './system/real-system.ts';
export { editTask } from './task/edit.ts';
export { taskKey } from './task/id.ts';
export { mergeTaskFiles } from './task/merge.ts';
export { parseTaskFile } from './task/parse.ts';
export type { ParsedFile, Task, TaskKey } from './task/task.ts';
