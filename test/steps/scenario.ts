import type { System } from '../../src/system/ports.ts';
import type { Arena, ArenaWish, Hub } from './arena.ts';

/** Parts of a run, as its changing steps are told apart. */
export type Phase =
  | 'open'
  | 'claim'
  | 'publish'
  | 'worktree'
  | 'setup'
  | 'agent'
  | 'result'
  | 'gate'
  | 'land'
  | 'release';

export interface Scenario {
  readonly name: string;
  readonly hub: Hub;
  readonly wish: ArenaWish;
  /** What happened before, with a living system. */
  readonly prepare?: (arena: Arena) => Promise<void>;
  /** What dies or fails. Resolves to how it ended, in words. */
  readonly act: (arena: Arena, system: System, tell: (phase: Phase) => void) => Promise<string>;
  /** Only steps of these phases are tried; default: all. */
  readonly phases?: readonly Phase[];
  /** Tasks that land afterwards in one more run each. */
  readonly lands: readonly string[];
  /** What a person does before that run. */
  readonly between?: (arena: Arena) => Promise<void>;
  /** More that must hold in the end; violations in sentences. */
  readonly also?: (arena: Arena) => string[];
}
