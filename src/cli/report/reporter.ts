import type { Emit } from '../../events.ts';

/** Shows events as they come. */
export interface Reporter {
  readonly emit: Emit;
  /** Call once, before anything else is printed. */
  readonly end: () => void;
}
