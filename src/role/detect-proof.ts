import { readPackageFacts } from './package-facts.ts';
import type { ProjectFacts } from './proposal.ts';

/** How a bug's tests can be run for its proof, as far as the repository's own files tell. */
export interface DetectedProof {
  /** Whether it can be asked for at all: rota knows the runner, or a command was found. */
  readonly possible: boolean;
  /** For rota.yaml's `proof`. */
  readonly commands: readonly ProposedProof[];
}

export interface ProposedProof {
  readonly run: string;
  readonly files: readonly string[];
  readonly report: 'junit' | 'go';
}

/** @param gate the commands that were found, in which the project's own way to call pytest is */
export function detectProof({ files }: ProjectFacts, gate: readonly string[]): DetectedProof {
  const pytest = gate.find((command) => /(?:^|[\s/])pytest$/.test(command));
  const commands: ProposedProof[] = [];
  if (pytest !== undefined)
    commands.push({ run: `${pytest} {files} --junitxml={report}`, files: ['**/*.py'], report: 'junit' });
  if (files.has('go.mod'))
    commands.push({ run: 'go test -json {packages} > {report}', files: ['**/*_test.go'], report: 'go' });
  const runners = readPackageFacts('', files.get('package.json') ?? '')?.runners ?? [];
  return { possible: runners.length > 0 || commands.length > 0, commands };
}
