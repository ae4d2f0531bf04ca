import type { Pace } from '../config.ts';
import { RotaError } from '../errors.ts';
import { type Calendar, readCalendar } from './calendar.ts';
import { cronFields } from './cron-fields.ts';
import type { Place, Planned, ScheduleFile } from './planned.ts';
import { startScriptOf } from './start-script.ts';

/** launchd wants each moment written out. */
const MOST_MOMENTS = 400;

/** What launchd calls a role's work. */
export function labelOf({ name }: Pick<Place, 'name'>, role: string): string {
  return `io.rota.${name}.${role}`;
}

/**
 * A launch agent for each role (launchd.plist(5)), for a person's own session. Output goes to ~/Library/Logs/rota.
 *
 * @throws RotaError `config` for a cron expression that has to be written out in more than 400 moments
 */
export function launchAgents(place: Place, planned: readonly Planned[]): ScheduleFile[] {
  return planned.map((one) => ({
    path: `${place.home}/Library/LaunchAgents/${labelOf(place, one.role)}.plist`,
    text: plist(place, one),
  }));
}

function plist(place: Place, { role, pace, args }: Planned): string {
  const log = `${place.home}/Library/Logs/rota/${place.name}-${role}.log`;
  const words = [startScriptOf(place), ...args];
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Written by rota schedule install. -->
<plist version="1.0">
<dict>
  <key>Label</key>
  ${string(labelOf(place, role))}
  <key>ProgramArguments</key>
  <array>
${words.map((word) => `    ${string(word)}`).join('\n')}
  </array>
${when(pace)}
  <key>ProcessType</key>
  <string>Background</string>
  <key>StandardOutPath</key>
  ${string(log)}
  <key>StandardErrorPath</key>
  ${string(log)}
</dict>
</plist>
`;
}

function when(pace: Pace): string {
  if (pace.kind === 'every')
    return `  <key>StartInterval</key>\n  <integer>${Math.round(pace.ms / 1000)}</integer>`;
  const found = moments(readCalendar(cronFields(pace, 0)), pace.expression);
  const entries = found.map(
    (moment) =>
      `    <dict>\n${Object.entries(moment)
        .map(([key, value]) => `      <key>${key}</key>\n      <integer>${value}</integer>`)
        .join('\n')}\n    </dict>`,
  );
  return `  <key>StartCalendarInterval</key>\n  <array>\n${entries.join('\n')}\n  </array>`;
}

function moments(calendar: Calendar, expression: string): Record<string, number>[] {
  const keys = [
    ['Month', calendar.month],
    ['Day', calendar.day],
    ['Weekday', calendar.weekday],
    ['Hour', calendar.hour],
    ['Minute', calendar.minute],
  ] as const;
  let all: Record<string, number>[] = [{}];
  for (const [key, values] of keys) {
    if (values === null) continue;
    all = all.flatMap((moment) => values.map((value) => ({ ...moment, [key]: value })));
    if (all.length > MOST_MOMENTS) throw tooMany(expression);
  }
  return all;
}

function string(text: string): string {
  return `<string>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</string>`;
}

function tooMany(expression: string): RotaError {
  return new RotaError(
    'config',
    `\`${expression}\` means more than ${MOST_MOMENTS} moments, and launchd wants each written out.`,
    'Use an interval such as `every 20m`.',
  );
}
