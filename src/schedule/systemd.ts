import type { Pace } from '../config.ts';
import { paceInWords } from '../task/pace.ts';
import { readCalendar } from './calendar.ts';
import { cronFields } from './cron-fields.ts';
import type { Place, Planned, ScheduleFile } from './planned.ts';
import { startScriptOf } from './start-script.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** The names of a role's units, without their kind. */
export function unitName({ name }: Pick<Place, 'name'>, role: string): string {
  return `rota-${name}-${role}`;
}

/**
 * A service and a timer of the person's own systemd for each role (systemd.service(5), systemd.timer(5)). Output goes to the
 * journal: `journalctl --user -u <unit>`.
 *
 * @throws RotaError `config` for a cron expression that a calendar cannot say
 */
export function systemdUnits(place: Place, planned: readonly Planned[]): ScheduleFile[] {
  const folder = `${place.home}/.config/systemd/user`;
  return planned.flatMap((one) => {
    const unit = unitName(place, one.role);
    return [
      { path: `${folder}/${unit}.service`, text: service(place, one) },
      { path: `${folder}/${unit}.timer`, text: timer(one) },
    ];
  });
}

function service(place: Place, { role, args }: Planned): string {
  return `# Written by \`rota schedule install\`.
[Unit]
Description=rota ${role} in ${inText(place.folder)}

[Service]
Type=oneshot
# Not the script itself: systemd starts no program whose path has special characters.
ExecStart=/bin/sh ${[startScriptOf(place), ...args].map(word).join(' ')}
# Work that did not land is no failure of the machine's.
SuccessExitStatus=1
# Rota ends its agent and gives the lock back when it is asked to stop.
KillMode=mixed
TimeoutStopSec=2min
`;
}

function timer({ role, pace, timeZone }: Planned): string {
  return `# Written by \`rota schedule install\`.
[Unit]
Description=rota ${role}, ${inText(paceInWords(pace))}

[Timer]
${when(pace, timeZone)}
[Install]
WantedBy=timers.target
`;
}

function when(pace: Pace, timeZone: string | null): string {
  if (pace.kind === 'every') return `OnActiveSec=1min\nOnUnitActiveSec=${Math.round(pace.ms / 1000)}s\n`;
  const { minute, hour, day, month, weekday } = readCalendar(fieldsOf(pace.expression));
  const list = (values: readonly number[] | null) => values?.join(',') ?? '*';
  const days = weekday === null ? '' : `${weekday.map((at) => DAYS[at]).join(',')} `;
  const zone = timeZone === null ? '' : ` ${timeZone}`;
  return `OnCalendar=${days}*-${list(month)}-${list(day)} ${list(hour)}:${list(minute)}:00${zone}\nPersistent=true\n`;
}

function fieldsOf(expression: string): string {
  return expression.startsWith('@') ? cronFields({ kind: 'cron', expression }, 0) : expression;
}

/** A word of ExecStart: specifiers and variables are not expanded in it. */
function word(text: string): string {
  const literal = text.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w@%+=:,./$-]+$/.test(literal)
    ? literal
    : `"${literal.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function inText(text: string): string {
  return text.replaceAll('%', '%%');
}
