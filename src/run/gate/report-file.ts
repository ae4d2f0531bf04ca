import { dirname, join } from 'node:path';
import type { Command, ReportWish } from '../../config.ts';
import { RotaError } from '../../errors.ts';
import { MOST_REPORT, readReport, tooLarge } from '../../plan/reports/read-report.ts';
import { extensionOf, formatOf } from '../../plan/reports/report-format.ts';
import type { TestReport } from '../../plan/reports/test-report.ts';
import type { Files, System } from '../../system/ports.ts';

/** Where one run of a command will write its report. */
export interface ReportFile {
  /** The command with the report's name in it. */
  readonly command: Command;
  /** Variables beside the command's own. */
  readonly env: Readonly<Record<string, string>>;
  /** What it wrote, or why there is nothing to be read. Safe whatever is in the report's place. */
  read(): Promise<ReportRead>;
  /** Removes what rota made for it. */
  clean(): Promise<void>;
}

export interface ReportRead {
  readonly report: TestReport | { readonly problem: string };
  /** To be kept with the run; null: too large, or none. */
  readonly bytes: Buffer | null;
  readonly extension: string;
}

export interface ReportFileWish {
  readonly wish: ReportWish;
  readonly command: Command;
  /** The gate's checkout. */
  readonly checkout: string;
  /** A folder of rota's outside every checkout. */
  readonly reports: string;
}

const KEPT = 1024 * 1024;

/**
 * Makes room for a report. By format: a fresh folder and a name that nobody knows before, told to this command alone. By
 * path: what is there already (tracked, or left by setup) is removed first, so that an old report never counts.
 */
export function openReport(system: System, wish: ReportFileWish): Promise<ReportFile> {
  const { format, path } = wish.wish;
  return path === null ? freshFile(system, wish, format) : fileInCheckout(system, wish, path);
}

async function freshFile(
  { files, random }: System,
  { command, checkout, reports }: ReportFileWish,
  format: Exclude<ReportWish['format'], null>,
): Promise<ReportFile> {
  const folder = join(reports, random.id());
  await files.makeFolder(folder);
  const extension = extensionOf(format);
  const path = join(folder, `${random.id()}.${extension}`);
  const named = withReport(command, path);
  const read = async (): Promise<ReportRead> => {
    const looked = 'its report was looked for where {report} or $ROTA_REPORT says';
    const found = await readFile(files, path);
    if ('problem' in found)
      return { report: { problem: `${found.problem}; ${looked}` }, bytes: null, extension };
    const report = explained(await readReport(found.bytes, format, checkout), `read as ${format}`);
    return { report, bytes: small(found.bytes), extension };
  };
  return {
    command: named ?? command,
    // A variable reaches every process of the tests: only who needs it gets it.
    env: named === null ? { ROTA_REPORT: path } : {},
    read,
    clean: () => files.removeTree(folder),
  };
}

async function fileInCheckout(
  { files }: System,
  { command, checkout }: ReportFileWish,
  inner: string,
): Promise<ReportFile> {
  const path = join(checkout, inner);
  const before = await wayTo(files, checkout, inner);
  if (before === null) await remove(files, path);
  const read = async (): Promise<ReportRead> => {
    const problem = before ?? (await wayTo(files, checkout, inner));
    const found = problem === null ? await readFile(files, path) : { problem };
    if ('problem' in found) {
      const words = `${found.problem}; its report was looked for in ${inner}`;
      return { report: { problem: words }, bytes: null, extension: 'txt' };
    }
    const format = formatOf(inner, found.bytes.subarray(0, 4096).toString('utf8'));
    const report = explained(await readReport(found.bytes, format, checkout), `${inner}, read as ${format}`);
    return { report, bytes: small(found.bytes), extension: extensionOf(format) };
  };
  return { command, env: {}, read, clean: async () => undefined };
}

/** The command with the file's name; null: it has no place for it. The name is made by rota, of plain letters as a rule. */
function withReport(command: Command, path: string): Command | null {
  if (typeof command !== 'string') {
    const words = command.map((word) => word.replaceAll('{report}', path));
    return words.some((word, index) => word !== command[index]) ? words : null;
  }
  if (!command.includes('{report}')) return null;
  return command.replaceAll('{report}', () => shellWord(path));
}

/** Bare if it can be: then it does not matter whether a person put quotes around the place. */
function shellWord(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

/** Null: only folders are on the way. A link would lead out of the checkout, and what is removed must be in it. */
async function wayTo(files: Files, checkout: string, inner: string): Promise<string | null> {
  const parts = dirname(inner).split('/');
  for (const [index, part] of parts.entries()) {
    if (part === '.') continue;
    const at = parts.slice(0, index + 1).join('/');
    const facts = await files.facts(join(checkout, at));
    if (facts === null) return null;
    if (facts.kind !== 'folder') return `${at} is no folder, so there is no report`;
  }
  return null;
}

async function remove(files: Files, path: string): Promise<void> {
  const facts = await files.facts(path);
  if (facts === null) return;
  if (facts.kind === 'folder') await files.removeTree(path);
  else await files.removeFile(path);
}

async function readFile(files: Files, path: string): Promise<{ bytes: Buffer } | { problem: string }> {
  const facts = await files.facts(path);
  if (facts === null) return { problem: 'there is no report' };
  // Opening a fifo would wait for ever, and a link leads to what the command did not write.
  if (facts.kind !== 'file') return { problem: `the report is ${KINDS[facts.kind]}` };
  if (facts.size > MOST_REPORT) return { problem: `the report cannot be read: ${tooLarge(facts.size)}` };
  try {
    return { bytes: await files.read(path) };
  } catch (error) {
    const { code = '' } = (error instanceof RotaError ? error.cause : error) as NodeJS.ErrnoException;
    if (!['EACCES', 'EPERM', 'ENOENT', 'EISDIR'].includes(code)) throw error;
    return { problem: `the report cannot be read (${code})` };
  }
}

const KINDS = { folder: 'a folder', link: 'a symbolic link', other: 'no file', file: 'a file' } as const;

function explained(read: TestReport | { readonly problem: string }, where: string) {
  return 'problem' in read ? { problem: `the report cannot be read: ${read.problem} (${where})` } : read;
}

function small(bytes: Buffer): Buffer | null {
  return bytes.length > KEPT ? null : bytes;
}
