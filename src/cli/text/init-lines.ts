import type { Command } from '../../config.ts';
import { plainText } from '../../task/text.ts';
import type { Output } from '../output.ts';

/** `rota init --json`. */
export interface InitDocument {
  readonly branch: string;
  readonly current: string | null;
  readonly remote: string | null;
  readonly gate: readonly Command[] | 'none';
  readonly setup: readonly Command[];
  readonly copy: readonly string[];
  /** Name in rota.yaml. */
  readonly agent: string | null;
  readonly notes: readonly string[];
  readonly written: readonly string[];
  readonly kept: readonly string[];
  readonly committed: boolean;
  readonly mergeDriver: boolean;
}

/** What was done, and what to do now. */
export function initLines(done: InitDocument, { colors }: Output): string[] {
  return [
    ...done.written.map((path) => `${colors.green('wrote')}  ${plainText(path)}`),
    ...done.kept.map((path) => `${colors.dim('kept')}   ${plainText(path)}`),
    ...done.notes.map((note) => `${colors.yellow('note')}   ${plainText(note)}`),
    ...warnings(done).map((warning) => `${colors.yellow('note')}   ${warning}`),
    '',
    colors.bold(done.written.length === 0 ? 'Everything was there already.' : 'Now:'),
    ...nextSteps(done).map((step) => `  ${plainText(step)}`),
  ];
}

function warnings({ gate, agent, written }: InitDocument): string[] {
  if (!written.includes('rota.yaml')) return [];
  return [
    ...(gate === 'none' ? ['gate: none. Whatever an agent commits lands unchecked.'] : []),
    ...(gate.length === 0
      ? ['No test command was found: say in rota.yaml under `gate:` what must pass.']
      : []),
    ...(agent === null ? ['No agent was found on PATH: name one in rota.yaml under `agents:`.'] : []),
  ];
}

function nextSteps({ written, committed, branch, current, remote, gate, agent }: InitDocument): string[] {
  const edit =
    written.includes('rota.yaml') && (gate.length === 0 || agent === null) ? ['edit rota.yaml'] : [];
  const commit =
    written.length === 0 || committed
      ? []
      : ['git add rota.yaml roles backlog && git commit -m "chore: set up rota"'];
  const merge =
    written.length === 0 || current === branch
      ? []
      : [`bring it to ${branch}: workers read that branch only`];
  const push = written.length === 0 || remote === null ? [] : [`git push ${remote} ${branch}`];
  const first = written.find((path) => path.startsWith('backlog/'));
  const id = first === undefined ? null : /^backlog\/([A-Z0-9]+-?\d+)/.exec(first)?.[1];
  return [
    ...edit,
    'rota check',
    ...commit,
    ...merge,
    ...push,
    ...(id ? [`rota edit ${id} status=ready && rota run developer`] : ['rota list']),
  ];
}
