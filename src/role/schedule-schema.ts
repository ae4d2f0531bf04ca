import * as z from 'zod/mini';
import type { Pace, ScheduleConfig } from '../config.ts';
import { parsePace } from '../task/pace.ts';
import { AGENT_NAME } from './agent-name.ts';
import { matching } from './schema-parts.ts';

const PACE = 'how often, e.g. `every 20m`, a cron expression such as "30 2 * * *", or never';
const ZONE = 'a time zone such as Europe/Berlin or UTC';
const AGENT = "a name from rota.yaml's agents";

const pace = z.pipe(
  matching((text) => parsePace(text) !== null, PACE),
  z.transform((text): Pace => parsePace(text)!),
);
const entry = z.union(
  [
    z.literal('never'),
    z.pipe(
      pace,
      z.transform((value) => ({ pace: value, agent: null as string | null })),
    ),
    z.pipe(
      z.strictObject({ at: pace, agent: z.optional(matching((name) => AGENT_NAME.test(name), AGENT)) }),
      z.transform(({ at, agent }) => ({ pace: at, agent: agent ?? null })),
    ),
  ],
  `${PACE}; or {at: every 20m, agent: codex}`,
);

/** When roles work by themselves: a map of roles, and the time zone of its cron expressions. */
export const scheduleSchema = z.pipe(
  z.catchall(z.object({ 'time-zone': z.optional(matching(isTimeZone, ZONE)) }), entry),
  z.transform(
    ({ 'time-zone': timeZone, ...entries }): ScheduleConfig => ({ timeZone: timeZone ?? null, entries }),
  ),
);

export const NO_SCHEDULE: ScheduleConfig = { timeZone: null, entries: {} };

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }) !== null;
  } catch {
    return false;
  }
}
