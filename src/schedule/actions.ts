import type { AgentConfig, Pace, PresetName } from '../config.ts';
import { RotaError } from '../errors.ts';
import { SWEEPER } from '../role/agent-of.ts';
import { paceInWords } from '../task/pace.ts';
import { cronFields } from './cron-fields.ts';
import { minuteOf } from './minute-of.ts';
import type { Planned, ScheduleFile } from './planned.ts';

/** GitHub starts nothing more often. */
const LEAST = 5 * 60_000;

/** What the workflow has to know beside the schedule. */
export interface ActionsWish {
  /** Short name of main. */
  readonly branch: string;
  /** `rota` of this version: what `npm install --global` is given. */
  readonly version: string;
  /** The agents that the roles use, to install their clients. */
  readonly agents: readonly AgentConfig[];
  /** Names of the variables that reach agents: secrets of the repository. */
  readonly env: readonly string[];
  readonly integrate: 'merge' | 'pr';
}

/** Its path in the repository. */
export const ACTIONS_WORKFLOW = '.github/workflows/rota.yml';
/** What the first line of a workflow of rota's begins with. */
export const ACTIONS_MARK = '# Written by `rota schedule install';

const PACKAGES: Readonly<Record<PresetName, string>> = {
  claude: '@anthropic-ai/claude-code',
  codex: '@openai/codex',
  opencode: 'opencode-ai',
  gemini: '@google/gemini-cli',
  pi: '@earendil-works/pi-coding-agent',
};

/**
 * A workflow for GitHub Actions: one job a role, each on its own schedule and by hand. GitHub reads schedules in UTC.
 *
 * @throws RotaError `config` for what GitHub cannot do: more often than every 5 minutes, or another time zone
 */
export function actionsWorkflow(planned: readonly Planned[], wish: ActionsWish): ScheduleFile {
  const entries = planned.map((one) => ({ ...one, cron: cronOf(one) }));
  const crons = [...new Set(entries.map(({ cron }) => cron))];
  const clients = [
    ...new Set(wish.agents.flatMap((agent) => (agent.kind === 'preset' ? [PACKAGES[agent.preset]] : []))),
  ];
  const install = [`rota@${wish.version}`, ...clients].join(' ');
  const text = `${ACTIONS_MARK} --for actions\`. Times are UTC, and GitHub may be late by some minutes.
name: rota
on:
  schedule:
${crons.map((cron) => `    - cron: ${JSON.stringify(cron)}`).join('\n')}
  workflow_dispatch:
    inputs:
      role:
        description: Which role works now
        required: true
        type: choice
        options: [${planned.map(({ role }) => role).join(', ')}]
permissions:
  contents: write${wish.integrate === 'pr' ? '\n  pull-requests: write' : ''}
jobs:
${entries.map((one) => job(one, install, wish)).join('\n')}`;
  return { path: ACTIONS_WORKFLOW, text };
}

function job(
  { role, cron, args }: Planned & { readonly cron: string },
  install: string,
  { branch, env, integrate }: ActionsWish,
): string {
  const secrets = env.map((name) => `\n          ${name}: \${{ secrets.${name} }}`).join('');
  const gh = integrate === 'pr' ? `\n          GH_TOKEN: \${{ github.token }}` : '';
  const sweeps = role === SWEEPER;
  const command = sweeps
    ? 'rota worker --repo "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY" --role sweeper'
    : `rota ${args.join(' ')}`;
  return `  ${role}:
    if: github.event.schedule == ${quoted(cron)} || inputs.role == ${quoted(role)}
    runs-on: ubuntu-latest
    timeout-minutes: 120
    concurrency: rota-${role}
    steps:${sweeps ? SWEEPS : checkout(branch)}
      - uses: actions/setup-node@v5
        with:
          node-version: 22
      - run: npm install --global ${sweeps ? install.split(' ', 1) : install}
      # Rota's own git calls read the person's configuration, never the repository's.
      - run: |
          git config --global user.name "github-actions[bot]"
          git config --global user.email "41898282+github-actions[bot]@users.noreply.github.com"
          git config --global credential.helper '!f() { echo username=x-access-token; echo "password=$GITHUB_TOKEN"; }; f'
      - run: ${command}
        env:
          GITHUB_TOKEN: \${{ github.token }}${gh}${sweeps ? '' : secrets}
`;
}

function checkout(branch: string): string {
  return `
      - uses: actions/checkout@v5
        with:
          ref: ${JSON.stringify(branch)}
          fetch-depth: 0
          persist-credentials: false`;
}

/** A machine that is new each time remembers no locks: it has to watch for a while those that it finds. */
const SWEEPS = `
      # Watches the locks of machines that may have vanished; over at once where there are none.`;

function cronOf({ role, pace, timeZone }: Planned): string {
  if (pace.kind === 'cron' && timeZone !== null && timeZone !== 'UTC') throw notUtc(pace, timeZone);
  if (pace.kind === 'every' && pace.ms < LEAST) throw tooOften(pace);
  return cronFields(pace, minuteOf(`actions ${role}`));
}

/** A text in an expression of GitHub's. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function notUtc(pace: Pace, timeZone: string): RotaError {
  return new RotaError(
    'config',
    `GitHub reads \`${paceInWords(pace)}\` in UTC, and rota.yaml says ${timeZone}.`,
    'Write the schedule in UTC (time-zone: UTC), or use an interval such as `every 1d`.',
  );
}

function tooOften(pace: Pace): RotaError {
  return new RotaError(
    'config',
    `GitHub starts nothing ${paceInWords(pace)}: every 5 minutes is the most it does.`,
    'Take every 5m or more.',
  );
}
