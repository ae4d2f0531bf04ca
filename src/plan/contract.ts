import type { Role } from '../role/role.ts';
import type { Task } from '../task/task.ts';
import type { ChangedFile, ContractFinding } from './changed-file.ts';
import { checkTaskFile, isTaskFile } from './contract-backlog.ts';
import { checkSafety } from './contract-safety.ts';
import { globMatcher } from './glob.ts';
import { startupPart } from './startup-file.ts';
import { isTestPath } from './test-path.ts';

export interface ContractInput {
  readonly role: Role;
  /** The task that is worked on, as the branch's base has it. */
  readonly task: Task;
  /** Every path that differs between the branch's base and the branch. */
  readonly files: readonly ChangedFile[];
}

/**
 * The first step of the gate (docs/protocols.md): whether a branch stays within its role's contract. Empty: it does.
 * What is unsafe for everybody is `refused`; what only this role may not do is `held` until a person accepts it.
 */
export function checkContract(input: ContractInput): ContractFinding[] {
  const mayEdit = globMatcher(input.role.mayEdit);
  return input.files.flatMap((file) => {
    const unsafe = checkSafety(file);
    if (unsafe.length > 0) return unsafe;
    const inBacklog = isTaskFile(file)
      ? checkTaskFile(file, input.role, input.task)
      : [...checkPaths(file, mayEdit, input.role.name), ...checkStartup(file, mayEdit, input.role)];
    return [...inBacklog, ...checkTests(file)];
  });
}

function checkPaths(file: ChangedFile, mayEdit: (path: string) => boolean, role: string): ContractFinding[] {
  const paths = file.from === null ? [file.path] : [file.from, file.path];
  return paths
    .filter((path) => !mayEdit(path))
    .map((path) => {
      const rule = isProtected(path) ? 'protected' : 'outside-may-edit';
      const why = isProtected(path)
        ? `rota's own rules; role ${role} may not edit them`
        : `outside what role ${role} may edit`;
      return { severity: 'held', path, rule, message: `${file.status} ${path}: ${why}` };
    });
}

/** `**` says nothing about files that other people's programs obey: a role that is meant to change them names them. */
function checkStartup(file: ChangedFile, mayEdit: (path: string) => boolean, role: Role): ContractFinding[] {
  const paths = file.from === null ? [file.path] : [file.from, file.path];
  return paths.filter(mayEdit).flatMap((path): ContractFinding[] => {
    const part = startupPart(path);
    if (part === null || role.mayEdit.some((glob) => glob.split('/').includes(part))) return [];
    const why = `other people's programs run what ${part} says, and may-edit of role ${role.name} does not name it`;
    return [{ severity: 'held', path, rule: 'startup-file', message: `${file.status} ${path}: ${why}` }];
  });
}

/** What decides about roles and gates. Any case: some file systems do not tell `Rota.yaml` from `rota.yaml`. */
function isProtected(path: string): boolean {
  return /^(?:rota\.yaml$|(?:roles|backlog)\/)/i.test(path);
}

function checkTests(file: ChangedFile): ContractFinding[] {
  const old = file.from ?? file.path;
  if (file.status === 'added' || !isTestPath(old)) return [];
  const finding = (what: string): ContractFinding => ({
    severity: 'held',
    path: old,
    rule: 'test-removed',
    message: `${old}: ${what}; a person must say that this test is not needed any more`,
  });
  if (file.status === 'deleted') return [finding('an existing test was deleted')];
  if (file.status === 'renamed' && !isTestPath(file.path))
    return [finding(`an existing test was moved to ${file.path}, where no test is looked for`)];
  const emptied = file.oldText !== null && file.oldText.trim() !== '' && file.newText?.trim() === '';
  return emptied ? [finding('an existing test was emptied')] : [];
}
