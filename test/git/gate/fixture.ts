import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, Config, GateCommand } from '../../../src/config.ts';
import type { RotaEvent } from '../../../src/events.ts';
import { plainGateBox } from '../../../src/run/gate/gate-box.ts';
import { type GateInput, runGate } from '../../../src/run/gate/run-gate.ts';
import { readIdentity } from '../../../src/store/identity.ts';
import { openRepository } from '../../../src/store/repository.ts';
import { sandbox } from '../../support/repo.ts';

/** An entry of the gate, as little of it as matters. */
type Entry = Command | (Pick<GateCommand, 'run'> & Partial<GateCommand>);

/** A repository and a gate for it. */
export async function gateRig(files?: Record<string, string>) {
  const box = sandbox();
  const repo = box.repo('project', files);
  const system = box.system();
  const repository = await openRepository(system, repo.root);
  const identity = await readIdentity(system, repository);
  const runFolder = join(box.folder, 'run');
  mkdirSync(runFolder);
  const events: RotaEvent[] = [];
  const judge = (gate: readonly Entry[] | 'none', changes: Partial<GateInput> = {}, setup: Command[] = []) =>
    runGate({
      system,
      repository,
      identity,
      config: configOf(gate, setup),
      commit: repo.git('rev-parse', 'HEAD'),
      run: system.random.id(),
      task: 'A1',
      branch: 'ai/developer/A1',
      home: repo.root,
      turn: 1,
      runFolder,
      contract: [],
      backlogProblems: [],
      proof: null,
      base: null,
      changes: null,
      openBox: async () => plainGateBox(repository),
      openTests: (findings) => findings,
      stop: new AbortController().signal,
      emit: (event) => void events.push(event),
      ...changes,
    });
  return { box, repo, system, repository, identity, runFolder, events, judge };
}

function configOf(gate: readonly Entry[] | 'none', setup: readonly Command[]): Config {
  return {
    branch: 'main',
    remote: null,
    schedule: { timeZone: null, entries: {} },
    pullRequest: {
      ...{ labels: [], reviewers: [], draft: false, autoMerge: false, maxOpen: 10 },
      ...{ afterLostRaces: false, forge: 'auto' },
    },
    integrate: 'merge',
    gate: gate === 'none' ? gate : gate.map(gateCommand),
    proof: [],
    setup,
    copy: [],
    disposable: [],
    context: [],
    limits: { files: 100, lines: 5000, fileSize: 1_000_000, prompt: 200_000 },
    secrets: { allow: [] },
    isolation: { network: 'all', read: [], image: null },
    env: ['ANTHROPIC_API_KEY'],
    agents: {},
    budget: [],
    workers: 2,
    worktrees: '.worktrees',
    publish: 'claim',
    refsPrefix: 'refs/rota/',
    prefix: 'A',
  };
}

function gateCommand(command: Entry): GateCommand {
  const plain = { timeLimit: 20_000, env: [], report: null, retry: false, when: null };
  return typeof command === 'object' && 'run' in command
    ? { ...plain, ...command }
    : { ...plain, run: command };
}
