/** rota.yaml as a value. Parsing and validation: role/parse-config.ts (text in, value or problems out). */
export interface Config {
  /** The protected branch, short name. */
  readonly branch: string;
  /** Name or null; undefined: `origin` if there is one. */
  readonly remote: string | null | undefined;
  /** How finished work gets to main: rota moves it, or a pull request is opened. */
  readonly integrate: 'merge' | 'pr';
  readonly pullRequest: PullRequestConfig;
  /** `none` is an explicit opt-out; a missing gate is a config problem (fails closed). */
  readonly gate: readonly GateCommand[] | 'none';
  /** Who runs tests for a proof, where rota does not know the runner; the first whose `files` match. */
  readonly proof: readonly ProofCommand[];
  readonly setup: readonly Command[];
  readonly copy: readonly string[];
  readonly disposable: readonly string[];
  readonly context: readonly string[];
  /** What a branch may change at most; a role may say otherwise. */
  readonly limits: Limits;
  /** Globs of files in which nothing is taken for a secret. */
  readonly secrets: { readonly allow: readonly string[] };
  /** What an isolated role can reach beside its task; which roles are isolated is theirs to say. */
  readonly isolation: IsolationRules;
  /** Names of the variables that reach an agent beside PATH HOME USER LANG TERM TMPDIR. */
  readonly env: readonly string[];
  readonly agents: Readonly<Record<string, AgentConfig>>;
  /** What all roles together may use on this machine. */
  readonly budget: readonly Budget[];
  /** At once on this machine. */
  readonly workers: number;
  readonly schedule: ScheduleConfig;
  readonly worktrees: string;
  readonly publish: 'claim' | 'off';
  /** What shared refs are below on the remote, with its slash; here they are below `refs/rota/` in any case. */
  readonly refsPrefix: string;
  /** For ids that rota gives, e.g. `A`. */
  readonly prefix: string;
}

/** How much a branch may change: more than that is held until a person accepts it. And how long a prompt may be. */
export interface Limits {
  /** Changed files. */
  readonly files: number;
  /** Added and removed lines, without those of lock files. */
  readonly lines: number;
  /** Bytes of one file. */
  readonly fileSize: number;
  /** Bytes of a prompt; what does not fit is left out of it. */
  readonly prompt: number;
}

/** What agents may use, as their clients count it; over it no run starts and a running one is ended. Not both are null. */
export interface Budget {
  /** Read (from a cache, too) and written. */
  readonly tokens: number | null;
  /** US dollars. */
  readonly usd: number | null;
  /** `day` is one of UTC. */
  readonly per: BudgetSpan;
}

export const BUDGET_SPANS = ['run', 'task', 'day'] as const;
export type BudgetSpan = (typeof BUDGET_SPANS)[number];

/** A string runs in `sh -c`, a list is an argv. It is what the person wrote in rota.yaml, never data. */
export type Command = string | readonly string[];

export interface GateCommand {
  readonly run: Command;
  /** Milliseconds. */
  readonly timeLimit: number;
  /** Names of additional variables that reach this command. */
  readonly env: readonly string[];
  /** Where it says which tests ran; null: nobody counts. */
  readonly report: ReportWish | null;
  /** Whether it is run once more when it fails. */
  readonly retry: boolean;
  /** Globs of what it is for; null: every change. */
  readonly when: readonly string[] | null;
}

/** Exactly one of the two is null. */
export type ReportWish =
  /** Rota names a fresh file outside the checkout, as `{report}` and `ROTA_REPORT`. */
  | { readonly format: 'junit' | 'vitest' | 'jest' | 'tap' | 'go'; readonly path: null }
  /** The command writes it always there, in the checkout. */
  | { readonly format: null; readonly path: string };

/** How changes are proposed where main moves by pull requests. */
export interface PullRequestConfig {
  readonly labels: readonly string[];
  /** Logins, and teams as `organisation/team`. */
  readonly reviewers: readonly string[];
  readonly draft: boolean;
  /** Ask the forge to merge as soon as its rules allow. */
  readonly autoMerge: boolean;
  /** With so many open requests of rota's nothing new is picked. */
  readonly maxOpen: number;
  /** With `integrate: merge`: work that loses every race for main is proposed instead. */
  readonly afterLostRaces: boolean;
  /** `auto`: what the remote's host and the installed programs allow (src/forge/choose-forge.ts). */
  readonly forge: 'auto' | 'gh' | 'push-options' | 'link';
}

/** How the tests of a branch are run for a proof: `{files}` or `{packages}`, and `{report}`, are put in. */
export interface ProofCommand {
  readonly run: Command;
  /** Globs of the test files it is for; null: all. */
  readonly files: readonly string[] | null;
  readonly report: 'junit' | 'vitest' | 'jest' | 'tap' | 'go';
  /** Milliseconds. */
  readonly timeLimit: number;
  /** Names of additional variables that reach it. */
  readonly env: readonly string[];
}

/** How often a role works: an interval, or a cron expression of five fields. */
export type Pace =
  | { readonly kind: 'every'; readonly ms: number }
  | { readonly kind: 'cron'; readonly expression: string };

/** When roles work by themselves, for `rota schedule`. */
export interface ScheduleConfig {
  /** An IANA name; null: the machine's own. */
  readonly timeZone: string | null;
  /** By role; a role without one has a default (src/schedule/plan-schedule.ts). */
  readonly entries: Readonly<
    Record<
      string,
      'never' | { readonly pace: Pace /** Another of `agents`. */; readonly agent: string | null }
    >
  >;
}

/** What keeps an agent inside its task while it works. */
export const ISOLATIONS = ['none', 'bwrap', 'clone', 'container'] as const;
export type IsolationKind = (typeof ISOLATIONS)[number];

/** What every isolation of this project leaves open. */
export interface IsolationRules {
  /** `none`: not even services of this machine can be reached. */
  readonly network: 'all' | 'none';
  /** Folders and files outside the repository that can be read: absolute, or below HOME as `~/…`. */
  readonly read: readonly string[];
  /** What containers are made from; null: there can be none. */
  readonly image: string | null;
}

/** How an agent client is driven. */
export type AgentConfig = CommandAgentConfig | PresetAgentConfig | AcpAgentConfig;

/** Any program: a prompt in, an exit code out. */
export interface CommandAgentConfig {
  readonly kind: 'command';
  readonly command: readonly string[];
  readonly prompt: 'stdin' | 'arg' | 'file';
  /** Paths below HOME: what logs it in, of which an isolated one gets copies. */
  readonly login?: readonly string[];
}

/** The clients that rota knows how to start, to read and to judge (src/agent/presets). */
export const PRESETS = ['claude', 'codex', 'opencode', 'gemini', 'pi'] as const;
export type PresetName = (typeof PRESETS)[number];

export interface PresetAgentConfig {
  readonly kind: 'preset';
  readonly preset: PresetName;
  /** Added to the preset's own arguments. */
  readonly args: readonly string[];
}

/** A client that speaks the Agent Client Protocol on stdin and stdout. */
export interface AcpAgentConfig {
  readonly kind: 'acp';
  readonly command: readonly string[];
  /** A session mode to set before the prompt; null: the agent's own. */
  readonly mode: string | null;
  /** As a command's; left out: what is known of the client that it starts. */
  readonly login?: readonly string[];
}
