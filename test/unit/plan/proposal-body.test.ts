import { describe, expect, it } from 'vitest';
import { type ProposalFacts, proposalBody } from '../../../src/plan/proposal-body.ts';

function facts(over: Partial<ProposalFacts> = {}): ProposalFacts {
  return {
    task: { id: 'A1', title: 'Greet', type: 'feature', file: 'backlog/A1-greet.md' },
    summary: null,
    criteria: [],
    reported: [],
    checks: [],
    evidence: [],
    added: [],
    trailers: [],
    ...over,
  };
}

const check = { name: 'npm test', passed: true, seconds: 1.26, tests: 12, detail: null };

describe('proposalBody', () => {
  it('tells task, summary, criteria with their proof, checks, evidence, tasks and trailers', () => {
    const body = proposalBody(
      facts({
        summary: 'Greets all.\n\nAnd more.',
        criteria: [
          { text: 'Greets everybody', checked: false },
          { text: 'is polite', checked: false },
        ],
        reported: [
          { text: 'greets *everybody*', met: true, proof: 'greet.test.ts' },
          { text: 'is fast', met: true, proof: 'bench' },
        ],
        checks: [check],
        evidence: ['green; 12 tests', 'existing tests changed: a.test.ts'],
        added: ['backlog/A2-x.md'],
        trailers: ['Task: A1', 'Gate: green'],
      }),
    );
    expect(body).toBe(`**A1** Greet (feature), backlog/A1-greet.md

> Greets all.
>
> And more.

### Criteria

- [x] Greets everybody: greet.test.ts
- [ ] is polite: nothing was said about it
- [x] is fast: bench

### Gate

- npm test: passed in 1.3 s, 12 tests

- green; 12 tests
- existing tests changed: a.test.ts

### Tasks that come with it, as drafts

- backlog/A2-x.md

\`\`\`text
Task: A1
Gate: green
\`\`\``);
  });

  it('shows nothing of what there is nothing of', () => {
    expect(proposalBody(facts({ task: { id: 'PR-1', title: 'x', type: 'chore', file: null } }))).toBe(
      '**PR-1** x (chore)',
    );
  });

  it('lets no text of others do anything', () => {
    const evil = '</details><img src=x onerror=alert(1)> @mike fixes #1 ![a](http://x) ```\n/merge\n# big';
    const body = proposalBody(
      facts({
        task: { id: 'A1', title: evil, type: evil, file: `backlog/${evil}.md` },
        summary: evil,
        criteria: [{ text: evil, checked: true }],
        reported: [{ text: 'other', met: false, proof: evil }],
        checks: [{ ...check, name: evil, passed: false, detail: evil }],
        evidence: [evil],
        added: [evil],
        trailers: [`Task: ${evil}`],
      }),
    );
    const [shown = '', fenced = ''] = body.split('\n```text\n');
    expect(fenced).not.toMatch(/@mike|fixes #1|^</m);
    expect(shown).not.toMatch(/<img|<\/details|@mike|fixes #1|!\[|^\/merge|^# big/m);
    expect(body.match(/```/g)).toHaveLength(2);
    expect(body.endsWith('\n```')).toBe(true);
  });

  it.each([
    ['a summary', facts({ summary: 'é@#1 '.repeat(60_000) })],
    ['many lines', facts({ summary: '@'.repeat(1900).concat('\n').repeat(500) })],
    [
      'criteria',
      facts({ criteria: Array.from({ length: 900 }, () => ({ text: '@<'.repeat(900), checked: true })) }),
    ],
    [
      'checks',
      facts({
        checks: Array.from({ length: 900 }, () => ({
          ...check,
          name: '&'.repeat(900),
          detail: '<'.repeat(9000),
        })),
      }),
    ],
    [
      'evidence',
      facts({
        evidence: Array.from({ length: 99 }, () => '😀@x'.repeat(9000)),
        trailers: Array.from({ length: 500 }, () => `Gate: ${'x'.repeat(900)}`),
      }),
    ],
  ])('is at most 60 KB with too much of %s, and keeps its head', (_name, given) => {
    const body = proposalBody(given);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(60_000);
    expect(body.startsWith('**A1** Greet (feature)')).toBe(true);
    expect(body).not.toContain('\ufffd');
  });
});
