import pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

/** Where a command's words go. stdout is for what was asked for, stderr for everything else. */
export interface Output {
  /** One JSON document was asked for on stdout; lines then go to stderr. */
  readonly json: boolean;
  /** stdout is a terminal: tables are cut at `width`. */
  readonly terminal: boolean;
  readonly errorTerminal: boolean;
  readonly width: number;
  /** For stdout; plain functions when colours are off. */
  readonly colors: Colors;
  readonly errorColors: Colors;
  line(text?: string): void;
  note(text: string): void;
  /** Text as it is, without a line break, where lines go. */
  progress(text: string): void;
  /** The one document of a command run with --json. */
  document(value: unknown): void;
  /** One of many documents on stdout, each on a line of its own. */
  row(value: unknown): void;
}

interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

interface OutputParts {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly json: boolean;
}

/** An output on two streams. NO_COLOR (https://no-color.org), FORCE_COLOR and TERM=dumb are honoured. */
export function makeOutput({ stdout, stderr, variables, json }: OutputParts): Output {
  const note = (text: string) => void stderr.write(`${text}\n`);
  return {
    json,
    terminal: stdout.isTTY === true,
    errorTerminal: stderr.isTTY === true,
    // A window changes its size.
    get width() {
      return stdout.columns ?? stderr.columns ?? 80;
    },
    colors: pc.createColors(coloured(stdout, variables) && !json),
    errorColors: pc.createColors(coloured(stderr, variables)),
    line: json ? (text = '') => note(text) : (text = '') => void stdout.write(`${text}\n`),
    note,
    progress: (text) => void (json ? stderr : stdout).write(text),
    row: (value) => void stdout.write(`${JSON.stringify(value)}\n`),
    document: (value) => void stdout.write(`${JSON.stringify(value, null, stdout.isTTY ? 2 : 0)}\n`),
  };
}

function coloured(stream: OutputStream, variables: OutputParts['variables']): boolean {
  if ((variables['NO_COLOR'] ?? '') !== '') return false;
  const forced = variables['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && variables['TERM'] !== 'dumb';
}
