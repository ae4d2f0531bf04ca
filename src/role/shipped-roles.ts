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
