import type { AgentConfig, Command } from '../../config.ts';
import { flowToYaml, scalarToYaml } from '../../task/yaml.ts';
import type { DetectedProof } from '../detect-proof.ts';

/** What `rota init` found out or was told. */
export interface ProjectChoices {
  readonly branch: string;
  readonly gate: readonly Command[] | 'none';
  readonly setup: readonly Command[];
  readonly copy: readonly string[];
  readonly proof: DetectedProof;
  /** Files to put before every prompt, that are there already. */
  readonly context: readonly string[];
  /** Null: none was found; the file then says how to name one. */
  readonly agent: {
    readonly name: string;
    readonly agent: AgentConfig;
    readonly env?: readonly string[];
  } | null;
  readonly prefix: string;
}

/** rota.yaml, with a line on everything that people change. */
export function rotaYaml(choices: ProjectChoices): string {
  return `# Rota's configuration, read from the tip of ${choices.branch} and never from a worktree.
branch: ${scalarToYaml(choices.branch)}
# remote: origin             # default: origin if there is one; \`none\` keeps everything on this machine

# What must pass, on the exact tree that lands. A line runs in sh, a list is a program with its arguments;
# {run: npm test, time-limit: 15m} sets a limit other than 30m. \`gate: none\` lands without any check.
${gate(choices.gate)}
# Bugs land with a proof (roles' \`proof\`): tests that fail on ${choices.branch} as it was, and pass with the change. vitest, jest and
# node:test are called by themselves; other runners need to be told which files to run and where to write their report.
${proof(choices.proof)}
# Runs in every new worktree and gate checkout, for dependencies. It sees ROTA_HOME, ROTA_WORKTREE, ROTA_BRANCH, ROTA_TASK.
${list('setup', choices.setup)}
# Ignored paths that a new agent worktree gets as copies from the folder rota runs in, e.g. [node_modules].
copy: ${inOneLine(choices.copy)}
# Ignored paths that may be thrown away with a worktree. Other ignored files are rescued first.
disposable: [dist, build, coverage, target, .venv]

# Put before every prompt.
context: ${inOneLine(choices.context)}
# The only variables that reach an agent, beside PATH HOME USER LANG TERM TMPDIR. None of them reaches the gate.
${env(choices.agent)}
# A client that rota knows {preset: claude}, any program {command: [node, tools/agent.mjs], prompt: stdin}, or one of the
# Agent Client Protocol {acp: [gemini, --acp]}. It runs with your rights, unless its role says \`isolation: bwrap\` (Linux).
${agents(choices.agent)}
workers: 2                   # at once on this machine
worktrees: .worktrees
publish: claim               # show locks in the task files on ${choices.branch}; off: only in refs/rota/
prefix: ${choices.prefix}                    # of the ids that rota gives
`;
}

function gate(commands: ProjectChoices['gate']): string {
  if (commands === 'none') return 'gate: none\n';
  if (commands.length > 0) return list('gate', commands);
  return '# gate:                      # nothing was found: rota lands nothing until you say what must pass\n#   - npm test\n';
}

function proof({ commands }: DetectedProof): string {
  if (commands.length === 0)
    return '# proof: {run: "pytest {files} --junitxml={report}", files: ["**/*.py"]}\n';
  const entries = commands.map(({ run, files, report }) => {
    const format = report === 'junit' ? '' : `, report: ${report}`;
    return `  - {run: ${JSON.stringify(run)}, files: ${flowToYaml([...files])}${format}}\n`;
  });
  return `proof:\n${entries.join('')}`;
}

function list(key: string, commands: readonly Command[]): string {
  if (commands.length === 0) return `${key}: []\n`;
  return `${key}:\n${commands.map((command) => `  - ${scalarToYaml(command)}\n`).join('')}`;
}

function env(agent: ProjectChoices['agent']): string {
  return `env: ${inOneLine(agent?.env ?? [])}\n`;
}

function agents(agent: ProjectChoices['agent']): string {
  if (agent === null)
    return '# agents:                    # no client was found on PATH\n#   mine: {command: [node, tools/agent.mjs], prompt: stdin}\n';
  return `agents:\n  ${agent.name}: ${agentToYaml(agent.agent)}\n`;
}

function agentToYaml(agent: AgentConfig): string {
  switch (agent.kind) {
    case 'preset':
      return `{preset: ${agent.preset}}`;
    case 'command':
      return `{command: ${flowToYaml(agent.command)}, prompt: ${agent.prompt}}`;
    case 'acp':
      return `{acp: ${flowToYaml(agent.command)}}`;
    default:
      return agent satisfies never;
  }
}

function inOneLine(values: readonly string[]): string {
  return scalarToYaml([...values]);
}
