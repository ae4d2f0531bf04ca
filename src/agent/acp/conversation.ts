import pkg from '../../../package.json' with { type: 'json' };
import type { AcpAgentConfig } from '../../config.ts';
import type { AgentActivity } from '../../events.ts';
import type { AgentFailure } from '../../plan/agent-failure.ts';
import type { System } from '../../system/ports.ts';
import type { AgentTurn } from '../agent.ts';
import { lastWords } from '../last-words.ts';
import { type ClaudeRetry, claudeRetry } from '../presets/claude-retry.ts';
import { fieldAt, textAt } from '../presets/json-fields.ts';
import { opencodeError } from '../presets/opencode-error.ts';
import { readLines } from '../presets/read-lines.ts';
import type { Talk, TalkedTo } from '../supervise.ts';
import { tellActivities } from '../tell-activities.ts';
import { converse, type Said } from './converse.ts';
import { openDesk } from './desk.ts';
import { failureInWords } from './failure-in-words.ts';
import { openGround } from './places.ts';
import type { AnyMessage, ClientContext } from './sdk.ts';
import { updateReader } from './updates.ts';
import { usageMeter } from './usage.ts';
import { openWire, type Wire } from './wire.ts';

/** The talk of one turn, from both sides. */
export interface Conversation {
  readonly talk: Talk;
  /** Each piece of the agent's output. */
  hear(chunk: Buffer, stream: 'stdout' | 'stderr'): void;
  /** Once nothing more comes: how it went. */
  over(): Promise<Heard>;
  /** Ends the terminals that it opened. */
  close(): Promise<void>;
}

export interface Heard extends Said {
  /** What it was not permitted, each in a clause; untrusted. */
  readonly denied: readonly string[];
  /** What it said last about another try, if it has done nothing since; untrusted. */
  readonly waiting: string | null;
  /** The end of its own words; untrusted. */
  readonly tail: string;
}

/** Of its own words, in characters. */
const WORDS = 16 * 1024;
const UNSAID: Said = { session: null, stop: null, usage: null, failure: null };

export async function openConversation(
  system: System,
  { mode }: AcpAgentConfig,
  turn: AgentTurn,
): Promise<Conversation> {
  const { worktree, resultFile, promptFile, env } = turn;
  const words = lastWords(WORDS);
  const pass = tellActivities(worktree, turn.onActivity);
  const tell = (activity: AgentActivity) => {
    if (activity.kind !== 'usage') {
      words.add(inWords(activity));
      waiting = activity.kind === 'waiting' ? activity.detail.slice(0, 1_000) : null;
    }
    pass(activity);
  };
  /** What is no message: warnings, complaints, and that it tries again. */
  const note = (line: string) => {
    const error = opencodeError(line);
    if (error !== null) return tell({ kind: 'waiting', detail: error });
    if (!/\b(?:retry|attempt)/i.test(line) || failureInWords(line) === null) return words.add(line);
    tell({ kind: 'waiting', detail: line });
  };
  let program: TalkedTo | null = null;
  let prompted: { readonly agent: ClientContext; readonly session: string } | null = null;
  let said: Promise<Said> = Promise.resolve(UNSAID);
  let broken: string | null = null;
  let waiting: string | null = null;

  const meter = usageMeter(turn.session !== null);
  const updates = updateReader(meter, tell);
  const desk = openDesk(system, {
    ground: await openGround(system.files, { worktree, resultFile, promptFile }),
    env,
    wrap: (start) => turn.wrap(start),
    mayEdit: (path) => turn.mayEdit(path),
    alive: () => program?.alive(),
    answered: (id) => wire.answered(id),
    tell,
  });
  const wire: Wire = openWire({
    send: async (message) => {
      program?.note(`> ${forLog(message)}`);
      await program?.write(`${JSON.stringify(message)}\n`);
    },
    onUpdate: (params) => {
      const retry = claudeRetry(fieldAt(params, 'message'));
      if (retry !== null) return tell({ kind: 'waiting', detail: inWordsOf(retry) });
      const update = fieldAt(params, 'update');
      // What comes before is an earlier turn that is told again.
      if (prompted !== null && textAt(params, 'sessionId') === prompted.session) updates.read(update);
      else if (textAt(update, 'sessionUpdate') === 'usage_update') meter.update(update);
    },
    onNoise: note,
    onBroken: (reason) => {
      broken = reason;
    },
  });
  const complaints = readLines({ line: note, dropped: () => undefined });

  async function begin(talkedTo: TalkedTo): Promise<void> {
    program = talkedTo;
    const connection = desk.app.connect(wire.stream);
    said = converse(connection.agent, {
      prompt: turn.prompt,
      worktree,
      session: turn.session,
      mode,
      env,
      version: pkg.version,
      clock: system.clock,
      meter,
      onPrompt: (session) => {
        prompted = { agent: connection.agent, session };
      },
    });
    await said;
    connection.close();
  }

  return {
    talk: {
      begin,
      leave: async () => {
        desk.cancel();
        if (prompted === null) return;
        await prompted.agent.notify('session/cancel', { sessionId: prompted.session }).catch(() => undefined);
        await said;
      },
    },
    hear: (chunk, stream) => (stream === 'stdout' ? wire : complaints).add(chunk),
    over: async () => {
      wire.end();
      complaints.end();
      updates.flush();
      const end = await said;
      const trouble = updates.trouble();
      const failure =
        broken !== null
          ? crashed(broken)
          : (end.failure ?? (trouble === null ? null : (failureInWords(trouble) ?? crashed(trouble))));
      return { ...end, failure, denied: desk.denied, waiting, tail: words.text() };
    },
    close: () => desk.close(),
  };
}

/** What is said, without what is in files and came out of commands: secrets may be there. */
function forLog(message: AnyMessage): string {
  const size = (text: string) => `[${text.length} characters]`;
  return JSON.stringify(message, (key, value) => {
    if (typeof value !== 'string') return value;
    return key === 'content' || key === 'output' || value.length > 2_000 ? size(value) : value;
  });
}

function crashed(message: string): AgentFailure {
  return { kind: 'crashed', message, retryAfter: null };
}

/** Without a status there was no answer. */
function inWordsOf({ status, detail }: ClaudeRetry): string {
  return status === null ? `connection error, ${detail}` : detail;
}

/** For the end of its words. */
function inWords(activity: AgentActivity): string {
  switch (activity.kind) {
    case 'text':
      return activity.text;
    case 'tool':
      return `[${activity.name}] ${activity.detail}`;
    case 'edit':
      return `[edit] ${activity.path}`;
    case 'permission':
      return `[${activity.granted ? 'permitted' : 'not permitted'}] ${activity.detail}`;
    case 'waiting':
      return `[waiting] ${activity.detail}`;
    case 'usage':
      return '';
    default:
      return activity satisfies never;
  }
}
