import type { AgentSample } from '../../../support/agent-sample.ts';

/** The end of a made-up turn; rota may have ended it for any reason. */
type End = Partial<Omit<AgentSample, 'lines' | 'kind'>> & {
  readonly kind?: 'exited' | 'timed-out' | 'stalled' | 'interrupted';
};

/** A turn that was not recorded: objects are lines of stdout, texts are lines of stderr. */
export function madeSample(end: End, ...lines: readonly (object | string)[]): AgentSample {
  return {
    ...{ code: 0, signal: null, ...end },
    kind: (end.kind ?? 'exited') as AgentSample['kind'],
    lines: lines.map((line) =>
      typeof line === 'string'
        ? { stream: 'stderr', text: line }
        : { stream: 'stdout', text: JSON.stringify(line) },
    ),
  };
}
