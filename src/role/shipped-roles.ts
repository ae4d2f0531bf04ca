import architect from '../../roles/architect.md';
import developer from '../../roles/developer.md';
import pm from '../../roles/pm.md';
import sweeper from '../../roles/sweeper.md';
import tester from '../../roles/tester.md';

/** The role files that come with rota, as `rota init` and `rota demo` write them. */
export const SHIPPED_ROLES: readonly { readonly name: string; readonly text: string }[] = [
  { name: 'developer', text: developer },
  { name: 'architect', text: architect },
  { name: 'pm', text: pm },
  { name: 'tester', text: tester },
  { name: 'sweeper', text: sweeper },
];

/** The same role with another agent; with null the line goes, and the only agent of rota.yaml is used. */
export function withAgent(roleText: string, agent: string | null): string {
  return roleText.replace(/^agent: .*\n/m, agent === null ? '' : `agent: ${agent}\n`);
}

/** The same role without a proof where nobody is known who could run one; the line stays, for when somebody is. */
export function withProof(roleText: string, possible: boolean): string {
  if (possible) return roleText;
  const why = 'needs vitest, jest or node:test, or `proof:` in rota.yaml';
  return roleText.replace(/^(proof: .*)\n/m, `# $1   # ${why}\n`);
}
