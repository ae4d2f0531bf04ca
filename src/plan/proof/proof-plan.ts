import type { ProofCommand } from '../../config.ts';
import type { NativeRunner, PackageFacts } from '../../role/package-facts.ts';
import { globMatcher } from '../glob.ts';
import { shortened, someOf } from './proof.ts';
import type { ProofFile } from './proof-files.ts';
import { runnerOf } from './runner-of.ts';

/** One start of a runner for some of the branch's test files. */
export type ProofRun = { readonly files: readonly string[] } & (
  | { readonly kind: 'native'; readonly runner: NativeRunner; readonly from: PackageFacts }
  | { readonly kind: 'own'; readonly command: ProofCommand }
);

export type ProofPlan =
  | { readonly kind: 'plan'; readonly runs: readonly ProofRun[] }
  | { readonly kind: 'unproven'; readonly reason: string; readonly failure: string };

/**
 * Who runs which of the branch's tests: the first command of rota.yaml's `proof` that is for the file, else the runner that
 * old main's package.json names. No test, or a test that nobody is known to run, is no proof.
 */
export function planProof(
  tests: readonly ProofFile[],
  commands: readonly ProofCommand[],
  packagesAbove: (path: string) => readonly PackageFacts[],
): ProofPlan {
  const matchers = commands.map(({ files }) => (files === null ? isNotHelper : globMatcher(files)));
  const runs = new Map<string, ProofRun>();
  const unknown: string[] = [];
  const add = (key: string, path: string, run: ProofRun) =>
    runs.set(key, { ...run, files: [...(runs.get(key)?.files ?? []), path] });
  for (const file of tests) {
    const own = matchers.findIndex((matches) => matches(file.path));
    const command = commands[own];
    if (command !== undefined) {
      add(`own ${own}`, file.path, { kind: 'own', command, files: [] });
      continue;
    }
    const by = runnerOf(file, packagesAbove(file.path));
    if (by.kind === 'unknown') unknown.push(file.path);
    if (by.kind !== 'native') continue;
    const { runner, from } = by;
    add(`${runner} ${from.folder}`, file.path, { kind: 'native', runner, from, files: [] });
  }
  if (runs.size > 0) return { kind: 'plan', runs: [...runs.values()] };
  return unknown.length > 0 ? unknownRunner(unknown) : NO_TEST;
}

/** A command without `files` is for tests; what other tests use goes with them and is not named to it. */
function isNotHelper(path: string): boolean {
  return !/(?:^|\/)(?:conftest|__init__)\.py$|(?:^|\/)testdata\//.test(path);
}

const NO_TEST: ProofPlan = {
  kind: 'unproven',
  reason: 'no test reproduces the bug',
  failure:
    'The proof failed: no test reproduces the bug.\nThe branch adds or changes no test that could run. Write one that fails on main as ' +
    'it is, for the reason that the task states, and passes with the change. If no test can show it, stop with `outcome: blocked` and ' +
    'say why.',
};

function unknownRunner(files: readonly string[]): ProofPlan {
  const reason = `nobody is known who runs ${someOf(files, 120)}; rota.yaml can say it: proof: {run: "… {files} … {report}"}`;
  return {
    kind: 'unproven',
    reason: shortened(reason, 300),
    failure: `The proof failed: ${reason}\nRota knows vitest, jest and node:test by main's package.json. Only a person can add the rest.`,
  };
}
