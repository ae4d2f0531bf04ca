import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PresetName } from '../../src/config.ts';
import { SAMPLES } from './agent-sample.ts';

/** One turn of a fake client. */
export interface FakeTurn {
  /** The recorded turn that it repeats, and ends like. */
  readonly sample: string;
  /** Files that it writes first, from its current folder. */
  readonly write?: Readonly<Record<string, string>>;
  /** What it runs then. */
  readonly sh?: string;
  /** What goes to `$ROTA_RESULT`. */
  readonly result?: string;
  /** It does not end when it has said all. */
  readonly hang?: boolean;
  /** A file beside its notes that says that it got to its end. */
  readonly reached?: string;
}

export interface FakeClient {
  /** To be put before PATH. */
  readonly bin: string;
  /** What it does; the last turn is repeated. */
  script(...turns: readonly FakeTurn[]): void;
  /** Turns so far. */
  turns(): number;
  argv(turn: number): string[];
  prompt(turn: number): string;
  environment(turn: number): Record<string, string>;
  reached(name: string): boolean;
}

const PROGRAM = join(import.meta.dirname, 'fake-clients/fake-client.mjs');

/** A program on PATH with the name of a client, which imitates its recorded output. `desk` is a folder of its own. */
export function fakeClient(desk: string, client: PresetName): FakeClient {
  const bin = join(desk, 'bin');
  mkdirSync(bin, { recursive: true });
  const quoted = [process.execPath, PROGRAM, desk, SAMPLES, client].map((part) => `'${part}'`).join(' ');
  writeFileSync(join(bin, client), `#!/bin/sh\nexec ${quoted} "$@"\n`);
  chmodSync(join(bin, client), 0o755);
  const note = (turn: number, name: string) => readFileSync(join(desk, `${turn}.${name}`), 'utf8');
  return {
    bin,
    script: (...turns) => writeFileSync(join(desk, 'script.json'), JSON.stringify(turns)),
    turns: () => (existsSync(join(desk, 'turns')) ? readFileSync(join(desk, 'turns')).length : 0),
    argv: (turn) => JSON.parse(note(turn, 'argv')),
    prompt: (turn) => note(turn, 'prompt'),
    environment: (turn) => JSON.parse(note(turn, 'env')),
    reached: (name) => existsSync(join(desk, name)),
  };
}
