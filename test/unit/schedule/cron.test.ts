import { Cron } from 'croner';
import { describe, expect, it } from 'vitest';
import { cronBlock, withCronBlock } from '../../../src/schedule/cron.ts';
import { cronFields } from '../../../src/schedule/cron-fields.ts';
import { minuteOf } from '../../../src/schedule/minute-of.ts';
import { HARD, pace, planned } from './make.ts';

describe('cronFields', () => {
  it.each(['1m', '5m', '10m', '20m', '30m', '1h', '2h', '6h', '12h', '1d', '7d'])(
    'says every %s exactly, whatever the minute it begins with',
    (text) => {
      const wanted = pace(text);
      const ms = wanted.kind === 'every' ? wanted.ms : 0;
      for (const offset of [0, 7, 33, 59]) {
        const runs = new Cron(cronFields(wanted, offset), { timezone: 'UTC', paused: true }).nextRuns(20);
        const gaps = runs.slice(1).map((run, at) => run.getTime() - runs[at]!.getTime());
        expect([...new Set(gaps)]).toEqual([ms]);
      }
    },
  );

  it.each(['7m', '45m', '90m', '5h', '2d', '3d', '90s'])(
    'refuses every %s, which cron runs unevenly',
    (text) => {
      expect(() => cronFields(pace(text), 0)).toThrow('cron cannot run something every');
    },
  );

  it('writes nicknames out and leaves expressions alone', () => {
    expect(cronFields(pace('@daily'), 12)).toBe('0 0 * * *');
    expect(cronFields(pace('5 4 * * 1-5'), 12)).toBe('5 4 * * 1-5');
  });

  it('writes what not every cron takes so that each does', () => {
    expect(cronFields(pace('5-59/20 0 ? * mon'), 12)).toBe('5-59/20 0 * * mon');
    expect(() => cronFields(pace('0 0 L * *'), 0)).toThrow('is not something that every system can do');
    // Days of both kinds have a meaning in cron.
    expect(cronFields(pace('0 0 13 * 5'), 0)).toBe('0 0 13 * 5');
  });

  it('spreads roles over the hour', () => {
    const minutes = ['developer', 'tester', 'pm', 'architect', 'sweeper'].map((role) =>
      minuteOf(`shop ${role}`),
    );
    expect(new Set(minutes).size).toBeGreaterThan(3);
    expect(minutes.every((minute) => minute >= 0 && minute < 60)).toBe(true);
  });
});

describe('a block in a crontab', () => {
  const block = cronBlock(HARD, [planned('developer', '20m'), planned('pm', '30 2 * * *')], true);
  const person = '# mine\nMAILTO=pat\n\n0 5 * * * backup   # keep\n';

  it('calls the script, with its output to syslog or a file', () => {
    expect(block).toMatch(
      /\n\d+-59\/20 \* \* \* \* \/home\/pat\/\.config\/rota\/my-shop-1a2b3c4d\/start run developer 2>&1 \| logger -t rota-developer\n/,
    );
    expect(cronBlock(HARD, [planned('pm', '30 2 * * *')], false)).toContain(
      'start run pm >>/home/pat/.local/state/rota/my-shop-1a2b3c4d/pm.log 2>&1\n',
    );
  });

  it('a percent sign would end the command, and a long line would be cut', () => {
    const odd = { ...HARD, home: '/home/100%' };
    expect(cronBlock(odd, [planned('pm', '30 2 * * *')], true)).toContain('/home/100\\%/.config');
    const long = { ...HARD, home: `/${'x'.repeat(1000)}` };
    expect(() => cronBlock(long, [planned('pm', '30 2 * * *')], true)).toThrow('does not fit into a crontab');
  });

  it('leaves every line of a person as it is: put in, changed, taken out', () => {
    const once = withCronBlock(person, HARD, block);
    expect(once).toBe(`${person}${block}`);
    expect(withCronBlock(once, HARD, block)).toBe(once);
    const changed = cronBlock(HARD, [planned('sweeper', '10m')], true);
    const around = `${once}# after\n`;
    expect(withCronBlock(around, HARD, changed)).toBe(`${person}${changed}# after\n`);
    expect(withCronBlock(around, HARD, null)).toBe(`${person}# after\n`);
    expect(withCronBlock('', HARD, null)).toBe('');
    expect(withCronBlock(block, HARD, null)).toBe('');
  });

  it('two repositories have two blocks', () => {
    const other = { ...HARD, name: 'other-1' };
    const both = withCronBlock(
      withCronBlock('', HARD, block),
      other,
      cronBlock(other, [planned('pm', '1h')], true),
    );
    expect(withCronBlock(both, other, null)).toBe(block);
  });

  it('a torn block is a person to ask, not a crontab to guess at', () => {
    const [begin] = block.split('\n');
    expect(() => withCronBlock(`${begin}\n0 * * * * x\n`, HARD, null)).toThrow('not their end');
  });
});
