import { followOutput } from '../../../../src/agent/presets/follow-output.ts';
import type { Preset, PresetVerdict } from '../../../../src/agent/presets/preset.ts';
import type { AgentActivity } from '../../../../src/events.ts';
import { type AgentSample, agentSample } from '../../../support/agent-sample.ts';

export interface Replayed extends PresetVerdict {
  readonly activities: readonly AgentActivity[];
}

/** What rota makes of a recorded turn. */
export function replay(preset: Preset, name: string, session: string | null = null): Replayed {
  return replaySample(preset, agentSample(preset.name, name), session);
}

/** The same, of a turn that a test has made up. */
export function replaySample(preset: Preset, sample: AgentSample, session: string | null = null): Replayed {
  const activities: AgentActivity[] = [];
  const turn = { session, args: [], worktree: '/work/tree', resultFile: '/work/result.md' };
  const followed = followOutput(preset.reader(turn), turn.worktree, (activity) => activities.push(activity));
  for (const { stream, text } of sample.lines) followed.add(Buffer.from(`${text}\n`), stream);
  return { ...followed.end(sample), activities };
}
