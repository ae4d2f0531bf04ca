import { mergeBase } from '../../store/merge-base.ts';
import type { Project } from '../project/project.ts';

/** Main and a branch, and where they parted. */
export interface Sides {
  /** Null: they have nothing in common. */
  readonly base: string | null;
  readonly main: string;
  /** Of the branch. */
  readonly tip: string;
}

export async function readSides({ system, neutral }: Project, main: string, tip: string): Promise<Sides> {
  return { base: await mergeBase(system, neutral.place, main, tip), main, tip };
}
