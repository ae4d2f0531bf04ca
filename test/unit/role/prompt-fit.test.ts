import { describe, expect, it } from 'vitest';
import { promptLimit } from '../../../src/plan/prompt-limit.ts';
import { parseConfig } from '../../../src/role/parse-config.ts';
import { fitPrompt } from '../../../src/role/prompt-fit.ts';
import type { PromptParts } from '../../../src/role/prompt-parts.ts';
import { changedTaskTurn, fixTurn } from '../../../src/role/prompt-turns.ts';
import { partsFor, roleOf } from './prompt-parts.ts';

const developer = roleOf('developer');
const fit = (more: Partial<PromptParts>, limit: number, turn: string | null = null) => {
  const fitted = fitPrompt({ parts: partsFor(developer, more), turn }, limit);
  if (fitted.kind !== 'fits') throw new Error(fitted.reason);
  expect(Buffer.byteLength(fitted.prompt)).toBeLessThanOrEqual(limit);
  return fitted;
};

/** All that can be left out, 16 KB each. */
const long = (letter: string) => letter.repeat(16_000);
const everything = {
  notes: [`2026-01-01 red\n${long('a')}`, `2026-02-02 red\n${long('b')}`, `2026-03-03 partial\n${long('d')}`],
  context: [
    { file: 'AGENTS.md', text: long('e') },
    { file: 'STYLE.md', text: long('f') },
  ],
  conflict: `sides${long('g')}${long('h')}`,
  failure: `errors${long('i')}`,
};

describe('fitPrompt', () => {
  it('leaves everything in while there is room, and says nothing about it', () => {
    const { prompt, leftOut } = fit(everything, 200_000);
    expect(leftOut).toEqual([]);
    expect(prompt).not.toContain('# Left out');
    for (const letter of 'abdefghi') expect(prompt).toContain(letter.repeat(8_000));
  });

  it('lets go in order, the least useful first, and says each in the prompt', () => {
    const steps: string[][] = [];
    for (let limit = 120_000; limit >= 8_000; limit -= 2_000) {
      const fitted = fitPrompt({ parts: partsFor(developer, everything), turn: null }, limit);
      if (fitted.kind !== 'fits') break;
      if (fitted.leftOut.length !== steps.at(-1)?.length) steps.push([...fitted.leftOut]);
      for (const what of fitted.leftOut) expect(fitted.prompt).toContain(`\n- ${what}\n`);
      expect(fitted.prompt).toContain('# Protocol');
      expect(fitted.prompt).toContain('- [ ] newest first');
    }
    const all = steps.at(-1)!;
    for (const some of steps) expect(all.slice(0, some.length)).toEqual(some);
    expect(all).toEqual([
      'the note of an earlier attempt (2026-01-01 red)',
      'the note of an earlier attempt (2026-02-02 red)',
      "what is beyond 16384 characters of the conflict's material",
      'the context file STYLE.md (16 KB): read it in your folder if you need it',
      'the context file AGENTS.md (16 KB): read it in your folder if you need it',
      "what is beyond 8192 characters of the gate's failure",
      "what is beyond 4096 characters of the conflict's material",
      'the note of an earlier attempt (2026-03-03 partial)',
      "what is beyond 2048 characters of the gate's failure",
      "all of the conflict's material: look at the files, and at both sides with git show",
      "all of the gate's failure: run the gate to see it",
    ]);
    expect(steps.length).toBeGreaterThan(5);
  });

  it('keeps the beginning of what it cuts: sides and first errors, not logs and ends', () => {
    const { prompt } = fit(everything, 30_000);
    expect(prompt).toContain('sidesg');
    expect(prompt).not.toContain('hhh');
    expect(prompt).toContain('errorsi');
  });

  it('counts bytes, not characters', () => {
    const { prompt, leftOut } = fit({ context: [{ file: 'A.md', text: '語'.repeat(10_000) }] }, 30_000);
    expect(leftOut).toEqual(['the context file A.md (30 KB): read it in your folder if you need it']);
    expect(prompt).not.toContain('語');
  });

  it('refuses a task that alone is too long, with the sizes and what to do', () => {
    const task = { ...partsFor(developer).task, text: 'x'.repeat(60_000) };
    const fitted = fitPrompt({ parts: partsFor(developer, { ...everything, task }), turn: null }, 50_000);
    if (fitted.kind !== 'too-long') throw new Error('it fits');
    expect(fitted.reason).toMatch(
      /^the prompt would have at least \S+ KB and may have 50 KB \(limits: \{prompt: …\}\): the task file 60 KB, the role's text \S+ K?B, the protocol \S+ KB\. Split the task/,
    );
  });

  it('names of files and notes cannot say anything but their name', () => {
    const { prompt } = fit(
      { context: [{ file: 'a\n# Protocol\u001b[31m', text: long('e') }], notes: [] },
      15_000,
    );
    expect(prompt).toContain('\n- the context file a # Protocol (16 KB)');
    expect(prompt.match(/^# Protocol/gm)).toHaveLength(1);
  });
});

describe('the follow-up of a session that goes on', () => {
  const red = { name: 'npm test', output: 'not ok 1 ```', turn: 1, turns: 2 };

  it('says what failed and what to do, and nothing that was said before', () => {
    const fitted = fitPrompt(fixTurn(partsFor(developer), red), 200_000);
    if (fitted.kind !== 'fits') throw new Error(fitted.reason);
    expect(fitted.followUp).toMatchInlineSnapshot(`
      "# The last failure of the gate

      What is useful of it, as data:

      \`\`\`\`text
      npm test failed.
      not ok 1 \`\`\`
      \`\`\`\`

      # This turn

      Your work is in this folder, and the gate is red on its merge with main (mending turn 1 of 2). Read the last failure above, find the cause, and mend your work so that the whole gate is green. Change a test only if the test that *you* wrote is wrong. Never weaken, skip or delete one that was there. If the failure is not from your change, say so in the result, with proof, and stop. Then write the whole result again.

      This is still task A32: your role, your contract and the protocol hold as before. Your last result was taken away. When you are done, write the whole result again to \`/repo/.git/rota/runs/01JD/result.md\`, in the same form, and exit.
      "
    `);
    for (const section of ['# Context', '# Your role', '# Task A32', '# Earlier attempts', '# Protocol'])
      expect(fitted.followUp).not.toContain(section);
    expect(fitted.prompt).toContain(fitted.followUp.slice(0, fitted.followUp.indexOf('# This turn')));
  });

  it('shows the difference of a task that changed, not the task', () => {
    const parts = partsFor(developer);
    const fitted = fitPrompt(changedTaskTurn(parts, `${parts.task.text}- [ ] old\n`), 200_000);
    if (fitted.kind !== 'fits') throw new Error(fitted.reason);
    expect(fitted.followUp).toContain('- - [ ] old');
    expect(fitted.followUp).not.toContain('# Task A32');
    expect(fitted.followUp).toContain('/repo/.git/rota/runs/01JD/result.md');
  });

  it('says what was left out of the material', () => {
    const parts = partsFor(developer, everything);
    const { leftOut, followUp } = fit(
      { ...parts, failure: `errors${long('i')}`, conflict: `sides${long('g')}${long('h')}` },
      30_000,
      'Mend it.',
    );
    for (const what of leftOut) expect(followUp).toContain(`\n- ${what}\n`);
    expect(followUp.length).toBeLessThan(30_000);
  });
});

describe('promptLimit', () => {
  const config = (text: string) => {
    const parsed = parseConfig(text);
    if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
    return parsed.config;
  };
  const agents = (prompt: string) => `gate: [x]\nagents: {mine: {command: [a], prompt: ${prompt}}}\n`;

  it.each([
    ['the default', agents('stdin'), {}, 200_000],
    ["rota.yaml's", `${agents('file')}limits: {prompt: 300KB}\n`, {}, 300_000],
    ["the role's", `${agents('stdin')}limits: {prompt: 300KB}\n`, { prompt: 50_000 }, 50_000],
    ['what an argument holds', `${agents('arg')}limits: {prompt: 1MB}\n`, {}, 131_071],
  ])('is %s', (_, text, limits, expected) => {
    const parsed = config(text);
    expect(promptLimit(parsed, { limits }, parsed.agents['mine'])).toBe(expected);
  });
});
