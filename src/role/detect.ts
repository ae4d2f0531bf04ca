import { detectNode } from './detect-node.ts';
import { detectCargo, detectGo, detectHooks, detectMake } from './detect-others.ts';
import { type DetectedProof, detectProof } from './detect-proof.ts';
import { detectPython } from './detect-python.ts';
import { KNOWN_AGENTS, type KnownAgent } from './known-agents.ts';
import type { ProjectFacts, Proposal } from './proposal.ts';

/** What `rota init` proposes. */
export interface DetectedProject extends Proposal {
  readonly agents: readonly KnownAgent[];
  readonly proof: DetectedProof;
}

/**
 * Proposes gate, setup, copy and agents. Only what the repository itself says it runs: a proposal is shown to a person,
 * who knows better. An empty gate means that nothing was found; init then asks.
 */
export function detectProject(facts: ProjectFacts): DetectedProject {
  const kinds = [detectNode, detectCargo, detectGo, detectPython].map((detect) => detect(facts));
  const tests = kinds.flatMap((kind) => kind.gate);
  // A Makefile mostly wraps what was found already: it is asked only when nothing else was.
  const proposals = [...kinds, ...(tests.length === 0 ? [detectMake(facts)] : []), detectHooks(facts, tests)];
  const all = (key: keyof Proposal) => [...new Set(proposals.flatMap((proposal) => proposal[key]))];
  const gate = all('gate');
  return {
    gate,
    setup: all('setup'),
    copy: all('copy'),
    notes: all('notes'),
    proof: detectProof(facts, gate),
    agents: KNOWN_AGENTS.filter(({ name }) => facts.onPath.includes(name)),
  };
}
