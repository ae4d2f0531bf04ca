import type { Problem } from '../../errors.ts';
import { checkRoles } from '../../role/check-roles.ts';
import { parseConfig } from '../../role/parse-config.ts';
import { parseRole } from '../../role/parse-role.ts';
import type { Role } from '../../role/role.ts';
import { parseTaskFile } from '../../task/parse.ts';
import { checkBacklog } from '../../task/rules/check-backlog.ts';
import type { ParsedFile } from '../../task/task.ts';

/** The files that people write for rota. Null: a link, a submodule, or a name that is not UTF-8. */
export interface WrittenFiles {
  /** Undefined: there is none. */
  readonly config: Uint8Array | null | undefined;
  readonly roles: ReadonlyMap<string, Uint8Array | null>;
  readonly backlog: ReadonlyMap<string, Uint8Array | null>;
}

/** Every problem of rota.yaml, the roles and the backlog, together; nothing stops at the first. */
export function checkFiles(files: WrittenFiles): Problem[] {
  const config = readConfig(files.config);
  const parsed = [...files.roles].map(([file, bytes]) => readRole(file, bytes));
  const read = parsed.flatMap((one) => ('role' in one ? [one] : []));
  const roles = read.map(({ role }) => role);
  const lines = new Map(read.map(({ role, lines }) => [role.name, lines]));
  const lineOf = (role: Role, key: string) => lines.get(role.name)?.[key] ?? 1;
  return [
    ...('problems' in config ? config.problems : []),
    ...parsed.flatMap((one) => ('problems' in one ? one.problems : [])),
    ...('config' in config ? checkRoles(roles, config.config, lineOf) : []),
    ...checkBacklog({ files: [...files.backlog].map(([file, bytes]) => readTask(file, bytes)), roles }),
  ];
}

function readConfig(bytes: WrittenFiles['config']): ReturnType<typeof parseConfig> {
  if (bytes === undefined)
    return { problems: [problem('rota.yaml', 'missing', 'there is no rota.yaml; `rota init` writes one')] };
  const text = textOf(bytes);
  return text === null ? { problems: [notText('rota.yaml', bytes)] } : parseConfig(text);
}

function readRole(file: string, bytes: Uint8Array | null): ReturnType<typeof parseRole> {
  const text = textOf(bytes);
  return text === null ? { problems: [notText(file, bytes)] } : parseRole(file, text);
}

function readTask(file: string, bytes: Uint8Array | null): ParsedFile {
  return bytes === null
    ? { kind: 'malformed', file, id: null, problems: [notText(file, bytes)] }
    : parseTaskFile(file, bytes);
}

function textOf(bytes: Uint8Array | null): string | null {
  if (bytes === null) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function notText(file: string, bytes: Uint8Array | null): Problem {
  if (bytes !== null) return problem(file, 'encoding', 'not UTF-8; save the file as UTF-8 text');
  if (file === 'backlog' || file === 'roles')
    return problem(file, 'not-a-folder', `\`${file}\` is not a folder; expected a folder with files`);
  if (file.includes('\ufffd')) return problem(file, 'file-name', 'the file name is not UTF-8');
  return problem(file, 'symlink', NOT_A_FILE);
}

const NOT_A_FILE = 'a symbolic link or a submodule is not followed; expected the file itself';

function problem(file: string, rule: string, message: string): Problem {
  return { file, line: 1, rule, message };
}
