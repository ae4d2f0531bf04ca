import { join } from 'node:path';
import { presetOf } from '../../agent/presets/known-presets.ts';
import type { Preset } from '../../agent/presets/preset.ts';
import { type AgentConfig, type Config, PRESETS } from '../../config.ts';
import { agentOf, SWEEPER } from '../../role/agent-of.ts';
import { KNOWN_AGENTS } from '../../role/known-agents.ts';
import type { Role } from '../../role/role.ts';
import type { System } from '../../system/ports.ts';
import { plainText } from '../../task/text.ts';
import { findOnPath } from '../project/find-on-path.ts';
import { askVersion } from './ask-version.ts';
import type { Finding } from './finding.ts';

/**
 * Each agent of rota.yaml: whether its program is here, its version, and how to log in; then clients that are installed and
 * that no agent uses. A version is asked for without any key, so no login is tried and no token is spent.
 */
export async function checkAgents(
  system: System,
  { config, roles }: { readonly config: Config; readonly roles: readonly Role[] },
): Promise<Finding[]> {
  const found: Finding[] = [];
  const workers = roles.filter(({ name }) => name !== SWEEPER);
  for (const [name, agent] of Object.entries(config.agents)) {
    const used = workers.some((role) => agentOf(role, config)?.name === name);
    found.push(...(await checkAgent(system, config, { name, agent, used })));
  }
  if (found.length === 0)
    found.push({
      area: 'agents',
      state: 'bad',
      says: 'rota.yaml names none',
      mend: 'For example agents: {claude: {preset: claude}}',
    });
  return [...found, ...(await unusedClients(system, config))];
}

interface Named {
  readonly name: string;
  readonly agent: AgentConfig;
  /** Some role works with it. */
  readonly used: boolean;
}

async function checkAgent(system: System, config: Config, { name, agent, used }: Named): Promise<Finding[]> {
  const missing = used ? 'bad' : 'warning';
  const preset = agent.kind === 'preset' ? await presetOf(agent.preset) : null;
  const program = preset?.program ?? (agent.kind === 'preset' ? '' : (agent.command[0] ?? ''));
  // A path is one of the worktree, which is not there yet.
  if (program.includes('/'))
    return [{ area: 'agents', state: 'good', says: `${name}: ${plainText(program)}`, mend: null }];
  if ((await findOnPath(system, program)) === null) {
    const mend = `Install ${plainText(program)}, or change agents in rota.yaml.`;
    return [{ area: 'agents', state: missing, says: `${name}: ${plainText(program)} is not on PATH`, mend }];
  }
  if (preset === null)
    return [{ area: 'agents', state: 'good', says: `${name}: ${plainText(program)} is on PATH`, mend: null }];
  const version = await askVersion(system, [preset.program, '--version'], system.environment.cwd);
  if (version.kind !== 'said') {
    const why = version.kind === 'silent' ? version.text : 'not there any more';
    const mend = `Try \`${preset.program} --version\` by hand; installing it again helps mostly.`;
    return [
      { area: 'agents', state: missing, says: `${name}: ${preset.program} does not start: ${why}`, mend },
    ];
  }
  const says = `${name}: ${preset.program} ${version.text}`;
  const login = await loginOf(system, config, preset);
  return login === null
    ? [{ area: 'agents', state: 'good', says, mend: null }]
    : [{ area: 'agents', state: 'warning', says: `${says}, ${login.why}`, mend: login.mend }];
}

/** Null: there is a key or a login file. Neither proves that the server takes it. */
async function loginOf(
  { environment, files }: System,
  { env }: Config,
  { name, login, howToLogIn }: Preset,
): Promise<{ why: string; mend: string } | null> {
  const isSet = (key: string) => (environment.variables[key] ?? '') !== '';
  if (env.some(isSet)) return null;
  const home = environment.variables['HOME'] ?? '';
  for (const file of login) if (home !== '' && (await files.facts(join(home, file))) !== null) return null;
  const keys = KNOWN_AGENTS.find((known) => known.name === name)?.env ?? [];
  const kept = keys.find(isSet);
  if (kept !== undefined)
    return { why: `${kept} is set, but rota.yaml does not pass it on`, mend: `Add it there: env: [${kept}]` };
  return { why: 'no key and no login were found', mend: howToLogIn };
}

async function unusedClients(system: System, { agents }: Config): Promise<Finding[]> {
  const used = new Set(
    Object.values(agents).map((agent) => (agent.kind === 'preset' ? agent.preset : agent.command[0])),
  );
  const found: Finding[] = [];
  for (const name of PRESETS) {
    if (used.has(name) || (await findOnPath(system, name)) === null) continue;
    const says = `${name} is installed too; agents: {${name}: {preset: ${name}}} would use it`;
    found.push({ area: 'agents', state: 'good', says, mend: null });
  }
  return found;
}
