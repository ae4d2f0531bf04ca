import { RotaError } from '../errors.ts';
import { cronFields } from './cron-fields.ts';
import { minuteOf } from './minute-of.ts';
import type { Place, Planned } from './planned.ts';
import { quoted, startScriptOf } from './start-script.ts';

/** Debian's cron reads no longer lines. */
const LONGEST = 990;

/**
 * The block of a crontab: between two marks, so that what a person wrote around it stays.
 *
 * @param logger whether the machine has `logger`, which hands the output to syslog; else it goes to a file
 * @throws RotaError `config` for what cron cannot say
 */
export function cronBlock(place: Place, planned: readonly Planned[], logger: boolean): string {
  const lines = planned.map((one) => {
    const fields = cronFields(one.pace, minuteOf(`${place.name} ${one.role}`));
    const words = [startScriptOf(place), ...one.args].map(quoted).join(' ');
    const output = logger
      ? `2>&1 | logger -t rota-${one.role}`
      : `>>${quoted(`${place.logs}/${one.role}.log`)} 2>&1`;
    // In a crontab a percent sign ends the command.
    const line = `${fields} ${`${words} ${output}`.replaceAll('%', '\\%')}`;
    if (line.length > LONGEST || line.includes('\n')) throw tooLong(place);
    return line;
  });
  return [begin(place), ...lines, end(place), ''].join('\n');
}

/** A crontab with this place's block put in, changed, or (null) taken out; every other line as it was. */
export function withCronBlock(crontab: string, place: Pick<Place, 'name'>, block: string | null): string {
  const lines = crontab === '' ? [] : crontab.replace(/\n$/, '').split('\n');
  const from = lines.indexOf(begin(place));
  const to = lines.indexOf(end(place), from);
  if (from >= 0 && to < 0) throw torn(place);
  const before = from < 0 ? lines : lines.slice(0, from);
  const after = from < 0 ? [] : lines.slice(to + 1);
  const own = block === null ? [] : block.replace(/\n$/, '').split('\n');
  const all = [...before, ...own, ...after];
  return all.length === 0 ? '' : `${all.join('\n')}\n`;
}

function begin({ name }: Pick<Place, 'name'>): string {
  return `# rota ${name}: begin (rota schedule install writes these lines, rota schedule remove takes them out)`;
}

function end({ name }: Pick<Place, 'name'>): string {
  return `# rota ${name}: end`;
}

function tooLong({ folder }: Place): RotaError {
  return new RotaError(
    'config',
    `A line for ${folder} does not fit into a crontab, which takes one line of at most ${LONGEST} letters.`,
    'Use systemd, or a shorter path.',
  );
}

function torn({ name }: Pick<Place, 'name'>): RotaError {
  return new RotaError(
    'config',
    `The crontab has the beginning of rota's lines for ${name} and not their end.`,
    `Put \`# rota ${name}: end\` after them, or take them out: crontab -e`,
  );
}
