import type { Command, GateCommand, ReportWish } from '../config.ts';
import type { Problem } from '../errors.ts';
import { plainText } from '../task/text.ts';
import type { Path } from './schema-problems.ts';

/** One entry of rota.yaml's `gate` as it was written. */
type GateEntry =
  | Command
  | {
      readonly run: Command;
      readonly 'time-limit'?: number | undefined;
      readonly env?: readonly string[] | undefined;
      readonly report?: string | undefined;
      readonly retry?: number | undefined;
      readonly when?: readonly string[] | undefined;
    };

const TIME_LIMIT = 30 * 60_000;
/** What `report` may ask for. */
export const REPORT_FORMATS = ['junit', 'vitest', 'jest', 'tap', 'go'] as const;

/** The entry with every default filled in. */
export function toGateCommand(entry: GateEntry): GateCommand {
  const wish = typeof entry === 'string' || isArgv(entry) ? { run: entry } : entry;
  return {
    run: wish.run,
    timeLimit: wish['time-limit'] ?? TIME_LIMIT,
    env: wish.env ?? [],
    report: wish.report === undefined ? null : toReport(wish.report),
    retry: wish.retry === 1,
    when: wish.when ?? null,
  };
}

function toReport(text: string): ReportWish {
  const format = REPORT_FORMATS.find((one) => one === text);
  return format === undefined ? { format: null, path: text } : { format, path: null };
}

function isArgv(entry: Exclude<GateEntry, string>): entry is readonly string[] {
  return Array.isArray(entry);
}

/** `{report}` in a command that is given no file: the runner would write a file of that name. */
export function reportProblems(data: object, file: string, lineOf: (path: Path) => number): Problem[] {
  const gate: unknown = Object.hasOwn(data, 'gate') ? (data as { gate: unknown }).gate : undefined;
  if (!Array.isArray(gate)) return [];
  return gate.flatMap((entry: unknown, index): Problem[] => {
    const { run, report } = fieldsOf(entry);
    const words: unknown[] = Array.isArray(run) ? run : [run];
    const named = words.some((word) => typeof word === 'string' && word.includes('{report}'));
    if (!named || REPORT_FORMATS.some((format) => format === report)) return [];
    const found =
      typeof report === 'string' ? `is ${plainText(report).slice(0, 60)}` : 'does not say its format';
    const message = `{report} in gate entry ${index + 1} is given no file, because \`report\` ${found}; expected report: ${REPORT_FORMATS.join(', ')}`;
    return [{ file, line: lineOf(['gate', index]), rule: 'wrong-value', message }];
  });
}

function fieldsOf(entry: unknown): { readonly run?: unknown; readonly report?: unknown } {
  return typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? entry : { run: entry };
}
