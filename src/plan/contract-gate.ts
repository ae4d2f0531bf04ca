import type { Command, Config } from '../config.ts';
import type { Role } from '../role/role.ts';
import { plainText } from '../task/text.ts';
import type { ChangedFile, ContractFinding } from './changed-file.ts';
import { callOf, type GateCalls, gateCalls, toolName } from './gate-calls.ts';
import { namesPart } from './names-in-globs.ts';
import { type ConfigKind, configKind, isOpaque } from './runner-config.ts';
import { changedRunnerSections, readJson } from './runner-sections.ts';
import { isTestPath } from './test-path.ts';

export interface GateRulesInput {
  /** Main's. */
  readonly config: Pick<Config, 'gate' | 'setup'>;
  readonly role: Pick<Role, 'name' | 'mayEdit'>;
  /** Text of package.json at main's root; null: there is none. */
  readonly manifest: string | null;
  readonly files: readonly ChangedFile[];
}

/**
 * What decides what green means: scripts that main's gate calls, files that it names, and the configuration of the programs
 * that it runs. `held`, because people change these, too; whoever is judged by them does not do it alone.
 */
export function checkGateRules({ config, role, manifest, files }: GateRulesInput): ContractFinding[] {
  if (config.gate === 'none') return [];
  const commands: Command[] = [...config.gate.map(({ run }) => run), ...config.setup];
  const calls = gateCalls(commands, scriptsOf(manifest));
  const tools = new Set([...calls.words.keys()].map(toolName));
  const opaque = isOpaque(tools);
  return files.flatMap((file) => [
    ...checkScripts(file, calls, commands),
    ...pathsOf(file).flatMap((path) => {
      const call = isProgram(file, path) ? namedBy(calls, path) : null;
      if (call !== null) return [held(file, path, 'gate-script', `the gate runs it (${call})`)];
      const kind = configKind(path, tools, opaque);
      if (kind === null || namesPart(role.mayEdit, nameOf(path))) return [];
      return [held(file, path, 'runner-config', WHY[kind])];
    }),
    ...checkSections(file),
  ]);
}

const WHY: Readonly<Record<ConfigKind, string>> = {
  runner: 'it tells the test runner which tests to run and how',
  task: 'the gate runs what it says',
  check: 'a program that the gate may run obeys it',
};

function held(file: ChangedFile, path: string, rule: string, why: string): ContractFinding {
  const message = plainText(`${file.status} ${path}: ${why}; that decides what green means`);
  return { severity: 'held', path, rule, message };
}

function checkScripts(file: ChangedFile, calls: GateCalls, commands: readonly Command[]): ContractFinding[] {
  return sidesOf(file).flatMap(({ path, before, after }) => {
    if (!isManifest(path)) return [];
    const atRoot = path === 'package.json';
    // A package that is new has no tests that could be lost.
    if (!atRoot && (before === null || !calls.elsewhere)) return [];
    const [old, now] = [scriptsOf(before), scriptsOf(after)];
    // What main's scripts call now, and what they called when the branch began.
    const own = joined(calls, gateCalls(commands, old));
    return [...new Set([...old.keys(), ...now.keys()])]
      .filter((name) => old.get(name) !== now.get(name))
      .flatMap((name) => {
        const call = callOf(own, name);
        if (call === null) return [];
        const change = `was ${quoted(old.get(name))}, is ${quoted(now.get(name))}`;
        return [
          held(file, path, 'gate-script', `script "${name}" is what the gate runs (${call}); ${change}`),
        ];
      });
  });
}

function joined(a: GateCalls, b: GateCalls): Pick<GateCalls, 'scripts'> {
  return { scripts: new Map([...b.scripts, ...a.scripts]) };
}

function checkSections(file: ChangedFile): ContractFinding[] {
  return sidesOf(file).flatMap(({ path, before, after }) => {
    // As above: what a new package says counts for its own tests alone. At the root it may count for all.
    if (before === null && path.includes('/')) return [];
    return changedRunnerSections(path, before, after).map((section) =>
      held(
        file,
        path,
        'runner-config',
        `${JSON.stringify(section)} tells the test runner or a check what to do`,
      ),
    );
  });
}

/** A file that was moved is gone where it was. */
function sidesOf({ path, from, oldText, newText }: ChangedFile) {
  if (from === null) return [{ path, before: oldText, after: newText }];
  return [
    { path: from, before: oldText, after: null },
    { path, before: null, after: newText },
  ];
}

function pathsOf({ path, from }: ChangedFile): string[] {
  return from === null ? [path] : [from, path];
}

/** What a command runs, or reads its rules from: it may name files that it only looks at (`test ! -e broken`), and tests. */
function isProgram({ oldMode, newMode }: ChangedFile, path: string): boolean {
  if (isManifest(path) || isTestPath(path)) return false;
  return PROGRAM.test(path) || [oldMode, newMode].includes('100755');
}

const PROGRAM =
  /\.(?:(?:ba|z|fi|k)?sh|[cm]?[jt]sx?|py|rb|pl|php|lua|ps1|bat|cmd|groovy|go|jsonc?|ya?ml|toml|ini|cfg|conf|xml|mk)$/i;

/** The gate command that names a path, with or without its ending; where it works in other folders, by its last parts. */
function namedBy({ words, elsewhere }: GateCalls, path: string): string | null {
  const bare = path.replace(/\.\w+$/, '');
  const exact = words.get(path) ?? (bare.includes('/') ? words.get(bare) : undefined);
  if (exact !== undefined || !elsewhere) return exact ?? null;
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const found = words.get(path.slice(at + 1));
    if (found !== undefined && path.slice(at + 1).includes('.')) return found;
  }
  return null;
}

function scriptsOf(manifest: string | null): ReadonlyMap<string, string> {
  const { scripts } = readJson(manifest);
  if (typeof scripts !== 'object' || scripts === null) return new Map();
  return new Map(Object.entries(scripts).filter(([, text]) => typeof text === 'string'));
}

function quoted(script: string | undefined): string {
  if (script === undefined) return 'nothing';
  return JSON.stringify(script.length > 80 ? `${script.slice(0, 79)}…` : script);
}

function isManifest(path: string): boolean {
  return nameOf(path) === 'package.json';
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
