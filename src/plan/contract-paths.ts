import type { Role } from '../role/role.ts';
import type { ChangedFile, ContractFinding } from './changed-file.ts';
import { globMatcher, matchGlobs } from './glob.ts';
import { namesPart } from './names-in-globs.ts';
import { startupPart } from './startup-file.ts';

/**
 * Whether a role may edit the paths of a changed file: inside its `may-edit`, and named there where other people's programs,
 * rota itself or every later prompt obey the file.
 *
 * @param context rota.yaml's files that are put before every prompt
 */
export function pathRules(role: Role, context: readonly string[]): (file: ChangedFile) => ContractFinding[] {
  const mayEdit = globMatcher(role.mayEdit);
  return (file) => {
    const paths = file.from === null ? [file.path] : [file.from, file.path];
    return paths.flatMap((path) => {
      const found = protectedBy(path, context);
      if (!mayEdit(path)) {
        const why = found?.why ?? outside(path, role);
        const rule = found === null || found.rule === 'startup-file' ? 'outside-may-edit' : found.rule;
        return [finding(file, path, rule, `${why}; role ${role.name} may not edit it (may-edit)`)];
      }
      if (found === null || namesPart(role.mayEdit, found.part)) return [];
      const missing = `may-edit of role ${role.name} does not name ${found.part}`;
      return [finding(file, path, found.rule, `${found.why}, and ${missing}`)];
    });
  };
}

function finding({ status }: ChangedFile, path: string, rule: string, what: string): ContractFinding {
  return { severity: 'held', path, rule, message: `${status} ${path}: ${what}` };
}

interface Protection {
  readonly rule: 'protected' | 'startup-file';
  /** What a glob of `may-edit` has to name. */
  readonly part: string;
  readonly why: string;
}

function protectedBy(path: string, context: readonly string[]): Protection | null {
  // Any case: some file systems do not tell `Rota.yaml` from `rota.yaml`.
  const own = /^(?:rota\.yaml$|(?:roles|backlog)(?=\/))/i.exec(path)?.[0];
  if (own !== undefined) return { rule: 'protected', part: own, why: "rota's own rules" };
  if (context.some((file) => path === file || path.startsWith(`${file}/`))) {
    const part = path.slice(path.lastIndexOf('/') + 1);
    return { rule: 'protected', part, why: 'put before every prompt (context of rota.yaml)' };
  }
  const part = startupPart(path);
  if (part === null) return null;
  return { rule: 'startup-file', part, why: `other people's programs run what ${part} says` };
}

/** Which glob decided, as far as one did. */
function outside(path: string, { mayEdit }: Role): string {
  const exclusion = mayEdit.findLast((glob) => glob.startsWith('!') && matchGlobs([glob.slice(1)], path));
  if (exclusion !== undefined) return `excluded by ${JSON.stringify(exclusion)}`;
  const shown = mayEdit.slice(0, 5).map((glob) => JSON.stringify(glob));
  if (mayEdit.length === 0) return 'nothing may be edited';
  return `in none of ${shown.join(', ')}${mayEdit.length > 5 ? ', …' : ''}`;
}
