import { CLIENTS, type Client } from './clients.ts';
import { MODES, type Mode } from './mode.ts';

/** Clients that are tried in the same modes and the same isolation: one table. */
export interface Round {
  readonly title: string;
  readonly isolation: string;
  readonly clients: readonly Client[];
  readonly modes: readonly Mode[];
}

export interface RoundsWish {
  /** Names; empty: all. */
  readonly clients: readonly string[];
  readonly modes: readonly string[];
  /** Null: as is usual for each round. */
  readonly isolation: string | null;
  /** Only the agents by ACP. */
  readonly acp: boolean;
}

/** What is tried beside the whole list of modes: each way of ending that differs with the isolation. */
const INSIDE = ['done', 'fix', 'killed'];

/** Everything, or what was asked for: presets and agents by ACP in every mode, then all of them in isolation. */
export function roundsOf({ clients, modes, isolation, acp }: RoundsWish): Round[] {
  const asked = (list: readonly string[], name: string) => list.length === 0 || list.includes(name);
  const named = (by?: Client['by']) =>
    CLIENTS.filter(
      (client) =>
        asked(clients, client.name) && client.by === (by ?? client.by) && (!acp || client.by === 'acp'),
    );
  const wanted = (names: readonly string[]) =>
    MODES.filter(({ name }) => asked(modes, name) && asked(names, name));
  const rounds: Round[] =
    isolation === null
      ? [
          { title: 'presets', isolation: 'none', clients: named('preset'), modes: wanted([]) },
          { title: 'by ACP', isolation: 'none', clients: named('acp'), modes: wanted([]) },
          { title: 'in bwrap', isolation: 'bwrap', clients: named(), modes: wanted(INSIDE) },
          { title: 'in clone', isolation: 'clone', clients: named(), modes: wanted(INSIDE) },
        ]
      : [{ title: `isolation ${isolation}`, isolation, clients: named(), modes: wanted([]) }];
  return rounds.filter((round) => round.clients.length > 0 && round.modes.length > 0);
}
