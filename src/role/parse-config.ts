import type { Config } from '../config.ts';
import type { Problem } from '../errors.ts';
import { plainText } from '../task/text.ts';
import { parseYaml } from '../task/yaml.ts';
import { AGENT_NAME } from './agent-name.ts';
import { toBudget } from './budget-schema.ts';
import { CONFIG_NOT_BUILT, configKeys, configSchema } from './config-schema.ts';
import { reportProblems, toGateCommand } from './gate-entry.ts';
import { toIsolation } from './isolation-schema.ts';
import { findNotBuilt } from './not-built.ts';
import { toProof } from './proof-schema.ts';
import { toPullRequest } from './pull-request-schema.ts';
import { clashesWithBranch, isRefsPrefix, toRefsPrefix } from './refs-prefix.ts';
import { isRequirement, whyTooOld } from './requires-rota.ts';
import { NO_SCHEDULE } from './schedule-schema.ts';
import { type Path, schemaProblems } from './schema-problems.ts';

export type ParsedConfig = { readonly config: Config } | { readonly problems: readonly Problem[] };

const DISPOSABLE = ['dist', 'build', 'coverage', 'target', '.venv'];
/** More than that in one task is seldom meant, and hardly ever read. */
const LIMITS: Config['limits'] = { files: 100, lines: 5000, fileSize: 1_000_000, prompt: 200_000 };
const MOST_CHARACTERS = 262_144;

/**
 * rota.yaml's text as a value with every default filled in, or everything that is wrong with it. An unknown key, a
 * feature that is not built yet and a missing gate are problems: nothing in this file is ever ignored.
 */
export function parseConfig(text: string, file = 'rota.yaml'): ParsedConfig {
  if (text.length > MOST_CHARACTERS)
    return { problems: [problem(file, 1, 'size', 'the file is over 256 KiB')] };
  const yaml = parseYaml(text.replace(/^\ufeff/, ''));
  if (yaml.problems.length > 0) {
    return { problems: yaml.problems.map(({ line, message }) => problem(file, line, 'yaml', message)) };
  }
  const data = yaml.value ?? {};
  if (typeof data !== 'object' || Array.isArray(data)) {
    return { problems: [problem(file, 1, 'yaml', 'the file is not a map; expected `key: value` lines')] };
  }
  const lineOf = (path: Path) => yaml.lineOf(path);
  const old = tooOld(data);
  // What a newer rota knows would be called wrong here.
  if (old !== null) return { problems: [problem(file, lineOf(['requires-rota']), 'requires-rota', old)] };
  const notBuilt = findNotBuilt(data, CONFIG_NOT_BUILT, file, lineOf);
  const checked = { file, data, lineOf, knownKeys: configKeys, notBuilt: notBuilt.paths };
  const read = configSchema.safeParse(data);
  const problems = [
    ...notBuilt.problems,
    ...(read.success ? [] : schemaProblems(read.error.issues, checked)),
    ...gateProblems(data, file, lineOf),
    ...reportProblems(data, file, lineOf),
    ...agentNameProblems(data, file, lineOf),
    ...integrateProblems(data, file, lineOf),
    ...refsPrefixProblems(data, file, lineOf),
  ];
  if (problems.length > 0) return { problems: problems.sort((a, b) => a.line - b.line) };
  return { config: toConfig(configSchema.parse(data)) };
}

function gateProblems(data: object, file: string, lineOf: (path: Path) => number): Problem[] {
  const gate: unknown = Object.hasOwn(data, 'gate') ? (data as { gate: unknown }).gate : undefined;
  const missing = gate === undefined || (Array.isArray(gate) && gate.length === 0);
  if (!missing) return [];
  const message =
    'there is no gate, so nothing could ever land; expected `gate:` with the commands that a change must pass, ' +
    'or `gate: none` to land without any check';
  return [problem(file, lineOf(['gate']), 'no-gate', message)];
}

function tooOld(data: object): string | null {
  const wanted: unknown = (data as Record<string, unknown>)['requires-rota'];
  return typeof wanted === 'string' && isRequirement(wanted) ? whyTooOld(wanted) : null;
}

/** With pull requests work goes by way of a remote, and nothing is shown on main before people merge it. */
function integrateProblems(data: object, file: string, lineOf: (path: Path) => number): Problem[] {
  const { integrate, remote, publish } = data as Record<string, unknown>;
  if (integrate !== 'pr') return [];
  const wrong = (key: string, message: string) => [problem(file, lineOf([key]), 'wrong-value', message)];
  return [
    ...(remote === 'none'
      ? wrong('remote', '`integrate: pr` needs a remote to open pull requests on; take `remote: none` out')
      : []),
    ...(publish === 'claim'
      ? wrong(
          'publish',
          '`publish: claim` would show locks on main, which `integrate: pr` never moves; take it out',
        )
      : []),
  ];
}

/** It is about the remote, where main and the refs below it have to fit beside each other. */
function refsPrefixProblems(data: object, file: string, lineOf: (path: Path) => number): Problem[] {
  const { 'refs-prefix': prefix, branch = 'main', remote } = data as Record<string, unknown>;
  if (typeof prefix !== 'string' || !isRefsPrefix(prefix)) return [];
  const wrong = (message: string) => [problem(file, lineOf(['refs-prefix']), 'wrong-value', message)];
  if (remote === 'none')
    return wrong('`refs-prefix` says where refs are on a remote, and there is `remote: none`; take it out');
  return typeof branch === 'string' && clashesWithBranch(prefix, branch)
    ? wrong(`refs below ${toRefsPrefix(prefix)} and the branch ${plainText(branch)} cannot both be there`)
    : [];
}

function agentNameProblems(data: object, file: string, lineOf: (path: Path) => number): Problem[] {
  const agents: unknown = Object.hasOwn(data, 'agents') ? (data as { agents: unknown }).agents : undefined;
  if (typeof agents !== 'object' || agents === null || Array.isArray(agents)) return [];
  const wrong = Object.keys(agents).filter((name) => !AGENT_NAME.test(name));
  return wrong.map((name) => {
    const shown = plainText(name).slice(0, 60);
    const message = `the agent name "${shown}" is not allowed; expected small letters, digits and -, e.g. claude`;
    return problem(file, lineOf(['agents', name]), 'wrong-value', message);
  });
}

type Shape = ReturnType<typeof configSchema.parse>;

function toConfig(shape: Shape): Config {
  const integrate = shape.integrate ?? 'merge';
  return {
    branch: shape.branch ?? 'main',
    remote: shape.remote === 'none' ? null : shape.remote,
    integrate,
    pullRequest: toPullRequest(shape['pull-request']),
    gate: toGate(shape.gate),
    proof: toProof(shape.proof),
    setup: shape.setup ?? [],
    copy: shape.copy ?? [],
    disposable: shape.disposable ?? DISPOSABLE,
    context: shape.context ?? [],
    limits: toLimits(shape.limits),
    secrets: { allow: shape.secrets?.allow ?? [] },
    isolation: toIsolation(shape.isolation),
    env: shape.env ?? [],
    agents: shape.agents ?? {},
    budget: toBudget(shape.budget),
    workers: shape.workers ?? 2,
    schedule: shape.schedule ?? NO_SCHEDULE,
    worktrees: (shape.worktrees ?? '.worktrees').replace(/\/$/, ''),
    // With pull requests nobody but people moves main.
    publish: integrate === 'pr' ? 'off' : (shape.publish ?? 'claim'),
    refsPrefix: toRefsPrefix(shape['refs-prefix']),
    prefix: shape.prefix ?? 'A',
  };
}

function toLimits(limits: Shape['limits'] = {}): Config['limits'] {
  return {
    files: limits.files ?? LIMITS.files,
    lines: limits.lines ?? LIMITS.lines,
    fileSize: limits['file-size'] ?? LIMITS.fileSize,
    prompt: limits.prompt ?? LIMITS.prompt,
  };
}

function toGate(gate: Shape['gate']): Config['gate'] {
  if (gate === 'none') return 'none';
  return (gate ?? []).map(toGateCommand);
}

function problem(file: string, line: number, rule: string, message: string): Problem {
  return { file, line, rule, message };
}
