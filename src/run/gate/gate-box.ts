import { join } from 'node:path';
import { type Wrap, withoutIsolation } from '../../isolate/none.ts';
import type { Repository } from '../../store/repository.ts';

/** Where the commands of one gate run: they are main's, the code is the branch's. */
export interface GateBox {
  /** What isolates them and what is open in it, as text: setup made by other rules is other setup. Empty: nothing does. */
  readonly rules: string;
  /** A folder outside every checkout, for reports; a command can write there. */
  readonly reports: string;
  /** What setup leaves outside the checkout is not there for the commands: it would not be there the next time either. */
  readonly setup: Wrap;
  readonly command: Wrap;
  close(): Promise<void>;
}

/** `isolation: none`: with the person's rights. */
export function plainGateBox({ cacheDir }: Repository): GateBox {
  return {
    rules: '',
    reports: join(cacheDir, 'reports'),
    setup: withoutIsolation,
    command: withoutIsolation,
    close: async () => undefined,
  };
}
