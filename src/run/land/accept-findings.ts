import type { ContractFinding } from '../../plan/changed-file.ts';
import { plainText } from '../../task/text.ts';
import { send } from '../project/actor.ts';
import type { Project } from '../project/project.ts';
import { acceptedAs } from './acceptance.ts';
import type { LandingWork } from './landing-work.ts';

/** As many are told one by one; the landing's trailers have more. */
const TOLD = 20;

/** The findings that no person accepted. What one accepts is told, once: it may be more than they had in mind. */
export function acceptFindings(
  project: Project,
  { accept, role, lock }: LandingWork,
  kind: 'contract' | 'tests',
  findings: readonly ContractFinding[],
): readonly ContractFinding[] {
  if (accept === null) return findings;
  const before = new Set(accept.covered());
  const open = new Set(accept.open(kind, findings));
  const accepted = findings.filter((finding) => !open.has(finding) && !before.has(acceptedAs(finding)));
  const origin = { role: role.name, task: lock.record.task, run: lock.run };
  for (const { message } of accepted.slice(0, TOLD))
    send(project, origin, { type: 'notice', level: 'info', message: `accepted: ${plainText(message)}` });
  if (accepted.length > TOLD) {
    const message = `accepted: and ${accepted.length - TOLD} more`;
    send(project, origin, { type: 'notice', level: 'info', message });
  }
  return [...open];
}
