import { plainText } from './text.ts';

/** One thing that happened to a task. */
export interface LogEntry {
  readonly at: Date;
  readonly role: string;
  readonly task: string;
  readonly event: string;
  readonly detail: string;
}

/** `2025-12-02 11:03:23 UTC | developer | A32 | started | picked from backlog`: always one line of five fields. */
export function formatLogLine({ at, role, task, event, detail }: LogEntry): string {
  const time = `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  return [time, field(role), field(task), field(event), field(detail)].join(' | ').trimEnd();
}

/** Reads such a line, also as a list item; null for anything else. */
export function parseLogLine(line: string): LogEntry | null {
  const match = LOG_LINE.exec(line.trim());
  if (match === null) return null;
  const at = new Date(`${match[1]}T${match[2]}Z`);
  if (Number.isNaN(at.getTime())) return null;
  const [role = '', task = '', event = '', ...detail] = (match[3] ?? '')
    .split('|')
    .map((part) => part.trim());
  return { at, role, task, event, detail: detail.join(' | ') };
}

const LOG_LINE = /^(?:[-*] )?([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) UTC \|(.*)$/;
const LONGEST = 1000;

function field(text: string): string {
  const plain = plainText(text).replace(/\s+/g, ' ').replaceAll('|', '/').trim();
  return plain.length <= LONGEST ? plain : `${[...plain].slice(0, LONGEST).join('')}…`;
}
