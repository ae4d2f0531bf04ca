import type { Problem } from '../errors.ts';
import { readFrontMatter } from '../task/front-matter.ts';
import { toBudget } from './budget-schema.ts';
import { findNotBuilt } from './not-built.ts';
import { unknownPlaceholders } from './placeholders.ts';
import { toRoleProof } from './proof-schema.ts';
import type { Role } from './role.ts';
import { ROLE_NOT_BUILT, roleKeys, roleSchema } from './role-schema.ts';
import { type Path, schemaProblems } from './schema-problems.ts';

export type ParsedRole =
  /** `lines`: where each key of the front-matter is, for problems that only show beside rota.yaml. */
  | { readonly role: Role; readonly lines: Readonly<Record<string, number>> }
  | { readonly problems: readonly Problem[] };

/** Everything but what is decided by people: the backlog, the roles and rota's own configuration. */
const DEFAULT_MAY_EDIT: readonly string[] = ['**', '!backlog/**', '!roles/**', '!rota.yaml'];

const MINUTE = 60_000;
const MOST_CHARACTERS = 262_144;

/**
 * One role file: front-matter is the contract, body the prompt. Every default is filled in; `agent` stays null when
 * the file names none (agent-of.ts), `result` when it says nothing (agent-of.ts too: it depends on the agent's kind).
 */
export function parseRole(file: string, text: string): ParsedRole {
  if (text.length > MOST_CHARACTERS)
    return { problems: [problem(file, 1, 'size', 'the file is over 256 KiB')] };
  const read = readFrontMatter(text);
  if (read.kind === 'problems') {
    return {
      problems: read.problems.map(({ line, message }) => problem(file, line, 'front-matter', message)),
    };
  }
  if (!read.split.hasFrontMatter) return { problems: [problem(file, 1, 'front-matter', NO_FRONT_MATTER)] };
  const { data, lineOf } = read;
  const prompt = read.split.body.replaceAll('\r\n', '\n').trim();
  const bodyLine = lineNumber(text, read.split.bodyOffset) + leadingBreaks(read.split.body);
  const notBuilt = findNotBuilt(data, ROLE_NOT_BUILT, file, lineOf);
  const checked = { file, data, lineOf, knownKeys: roleKeys, notBuilt: notBuilt.paths };
  const shape = roleSchema.safeParse(data);
  const problems = [
    ...notBuilt.problems,
    ...(shape.success ? [] : schemaProblems(shape.error.issues, checked)),
    ...nameProblems(file, data, lineOf),
    ...bodyProblems(file, prompt, bodyLine),
  ];
  if (problems.length > 0 || !shape.success) return { problems: problems.sort((a, b) => a.line - b.line) };
  const lines = Object.fromEntries(Object.keys(data).map((key) => [key, lineOf([key])]));
  return { role: toRole(file, shape.data, prompt), lines };
}

const NO_FRONT_MATTER =
  'the file has no front-matter; expected `---`, keys such as `role: developer`, and `---`';

function nameProblems(
  file: string,
  data: Readonly<Record<string, unknown>>,
  lineOf: (path: Path) => number,
): Problem[] {
  const expected = file.slice(file.lastIndexOf('/') + 1).replace(/\.md$/, '');
  const name = Object.hasOwn(data, 'role') ? data['role'] : undefined;
  if (typeof name !== 'string' || name === expected) return [];
  const message = `the role is named "${name.slice(0, 40)}" in a file named ${expected}.md; expected the same name`;
  return [problem(file, lineOf(['role']), 'role-name', message)];
}

function bodyProblems(file: string, prompt: string, bodyLine: number): Problem[] {
  if (prompt === '') {
    const message = 'the file has no text after the front-matter; expected the prompt of this role';
    return [problem(file, bodyLine, 'empty-prompt', message)];
  }
  return unknownPlaceholders(prompt).map(({ line, message }) =>
    problem(file, bodyLine + line - 1, 'unknown-placeholder', message),
  );
}

type Shape = ReturnType<typeof roleSchema.parse>;

function toRole(file: string, shape: Shape, prompt: string): Role {
  return {
    name: shape.role,
    file,
    takes: { type: [...new Set(shape.takes?.type ?? [])] },
    agent: shape.agent ?? null,
    mayEdit: shape['may-edit'] ?? DEFAULT_MAY_EDIT,
    maySet: shape['may-set'] ?? [],
    mayAddTasks: shape['may-add-tasks'] ?? false,
    mayDeleteTests: shape['may-delete-tests'] ?? false,
    check: shape.check ?? null,
    timeLimit: shape['time-limit'] ?? 60 * MINUTE,
    stallLimit: shape['stall-limit'] ?? 10 * MINUTE,
    fixes: shape.fixes ?? 2,
    attempts: shape.attempts ?? 3,
    maxWorkers: shape['max-workers'] ?? null,
    limits: toLimits(shape.limits),
    proof: toRoleProof(shape.proof),
    result: shape.result ?? null,
    isolation: shape.isolation ?? 'none',
    budget: toBudget(shape.budget),
    prompt,
  };
}

function toLimits({
  files,
  lines,
  'file-size': fileSize,
  prompt,
}: NonNullable<Shape['limits']> = {}): Role['limits'] {
  return {
    ...(files === undefined ? {} : { files }),
    ...(lines === undefined ? {} : { lines }),
    ...(fileSize === undefined ? {} : { fileSize }),
    ...(prompt === undefined ? {} : { prompt }),
  };
}

function leadingBreaks(body: string): number {
  const leading = /^\s*/.exec(body)?.[0] ?? '';
  return leading.split('\n').length - 1;
}

function lineNumber(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function problem(file: string, line: number, rule: string, message: string): Problem {
  return { file, line, rule, message };
}
