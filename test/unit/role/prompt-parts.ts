import { parseRole } from '../../../src/role/parse-role.ts';
import type { PromptParts } from '../../../src/role/prompt-parts.ts';
import type { Role } from '../../../src/role/role.ts';
import { SHIPPED_ROLES } from '../../../src/role/shipped-roles.ts';

/** One of the roles that rota ships. */
export function roleOf(name: string): Role {
  const text = SHIPPED_ROLES.find((role) => role.name === name)?.text ?? '';
  const parsed = parseRole(`roles/${name}.md`, text);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.role;
}

/** The parts of a prompt of this role. */
export function partsFor(role: Role, more: Partial<PromptParts> = {}): PromptParts {
  return {
    context: [{ file: 'AGENTS.md', text: 'Run `npm test`.\n' }],
    role,
    task: {
      id: 'A32',
      title: "List a member's event registrations",
      type: 'feature',
      file: 'backlog/A32-list-registrations.md',
      text: "---\nid: A32\ntitle: List a member's event registrations\nstatus: ready\n---\nWhy.\n\n- [ ] newest first\n",
    },
    notes: ['red: `npm test` failed, expected 2 got 3'],
    failure: null,
    conflict: null,
    protocol: {
      worktree: '/repo/.worktrees/ai/developer/A32-list-registrations',
      branch: 'ai/developer/A32-list-registrations',
      main: 'main',
      resultFile: '/repo/.git/rota/runs/01JD/result.md',
      result: 'optional',
      gate: ['npm test', ['node', 'tools/check all.mjs']],
    },
    ...more,
  };
}
