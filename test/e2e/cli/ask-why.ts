import { expect } from 'vitest';
import type { Scene } from '../../support/scene.ts';

/** One line of the story, as --json has it. */
export interface StoryEvent {
  readonly time: string;
  readonly source: string;
  readonly run: string | null;
  readonly event: string;
  readonly detail: string;
}

/** Asks why about a task; whatever it answers, its events are in the order of their times. */
export async function why(s: Scene, id = 'A1') {
  const { code, doc } = await s.rota(['why', id]);
  expect(code).toBe(0);
  const events: StoryEvent[] = doc.events;
  expect(events.map(({ time }) => Date.parse(time))).toEqual(
    events.map(({ time }) => Date.parse(time)).sort((a, b) => a - b),
  );
  return {
    doc,
    events,
    find: (source: string, event: string) =>
      events.filter((one) => one.source === source && one.event === event),
  };
}
