import { NOTHING, type ProjectFacts, type Proposal } from './proposal.ts';

/** Cargo.toml. */
export function detectCargo({ files }: ProjectFacts): Proposal {
  if (!files.has('Cargo.toml')) return NOTHING;
  const workspace = /^\[workspace\]/m.test(files.get('Cargo.toml') ?? '') ? ' --workspace' : '';
  const locked = files.has('Cargo.lock') ? ' --locked' : '';
  return { ...NOTHING, gate: [`cargo test${workspace}${locked}`] };
}

/** go.mod. */
export function detectGo({ files }: ProjectFacts): Proposal {
  return files.has('go.mod') ? { ...NOTHING, gate: ['go vet ./...', 'go test ./...'] } : NOTHING;
}

/** A Makefile's `check`, else `test` (and `lint`). */
export function detectMake({ files }: ProjectFacts): Proposal {
  const text = ['GNUmakefile', 'makefile', 'Makefile']
    .map((file) => files.get(file))
    .find((found) => found !== undefined);
  if (text === undefined) return NOTHING;
  const has = (target: string) =>
    new RegExp(`^(?:[\\w.-]+ +)*${target}(?: +[\\w.-]+)* *:{1,2}(?![:=])`, 'm').test(text);
  if (has('check')) return { ...NOTHING, gate: ['make check'] };
  return { ...NOTHING, gate: ['lint', 'test'].filter(has).map((target) => `make ${target}`) };
}

/** Hooks that people run before a commit: rota's own commits run none, so their commands belong into the gate. */
export function detectHooks(facts: ProjectFacts, found: readonly string[]): Proposal {
  const proposals = [preCommit(facts), husky(facts, found)];
  return {
    ...NOTHING,
    gate: proposals.flatMap(({ gate }) => gate),
    notes: proposals.flatMap(({ notes }) => notes),
  };
}

function preCommit({ files, onPath }: ProjectFacts): Proposal {
  if (!files.has('.pre-commit-config.yaml')) return NOTHING;
  const command = 'pre-commit run --all-files';
  if (onPath.includes('pre-commit')) return { ...NOTHING, gate: [command] };
  const note = `.pre-commit-config.yaml is there, but pre-commit is not on PATH: add \`${command}\` to the gate once it is`;
  return { ...NOTHING, notes: [note] };
}

/** Only lines that are one plain command: a hook with logic of its own is for a person to translate. */
function husky({ files }: ProjectFacts, found: readonly string[]): Proposal {
  const text = files.get('.husky/pre-commit');
  if (text === undefined) return NOTHING;
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !/husky\.sh|^set |^export /.test(line));
  const plain = lines.filter(
    (line) => /^[\w@./:=-]+(?: [\w@./:=,-]+)*$/.test(line) && !/lint-staged/.test(line),
  );
  const others = lines.filter((line) => !plain.includes(line));
  const notes = others.map(
    (line) => `the hook .husky/pre-commit also runs \`${line}\`: add to the gate what it checks`,
  );
  return { ...NOTHING, gate: plain.filter((line) => !found.includes(line)), notes };
}
