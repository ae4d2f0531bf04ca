import type { Command } from '../../config.ts';

export interface OwnCommandInput {
  /** As rota.yaml has it, with `{files}`, `{packages}`, `{report}`. */
  readonly run: Command;
  /** From the checkout's root. */
  readonly files: readonly string[];
  readonly report: string;
}

/**
 * The argv of a command of rota.yaml for these files. In a shell's text names of files never become text of the shell: they
 * are its positional parameters, and the report has a name of rota's own. In a list `{files}` is one argument for each file.
 */
export function ownCommand({ run, files, report }: OwnCommandInput): string[] {
  const safe = files.map(notAnOption);
  const packages = packagesOf(files);
  if (typeof run !== 'string') {
    return run.flatMap((word) => {
      if (word === '{files}') return safe;
      if (word === '{packages}') return packages;
      return [word.replaceAll('{report}', report)];
    });
  }
  const text = run
    .replaceAll('{files}', '"$@"')
    .replaceAll('{packages}', '"$@"')
    .replaceAll('{report}', () => shellWord(report));
  return ['sh', '-c', text, 'sh', ...(run.includes('{packages}') ? packages : safe)];
}

/** Bare if it can be: then it does not matter whether a person put quotes around the place. */
function shellWord(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

/** Folders of the files, each once, as go names packages: `./pkg/a`. */
function packagesOf(files: readonly string[]): string[] {
  const folders = files.map((file) => `./${file.split('/').slice(0, -1).join('/')}`);
  return [...new Set(folders)].map((folder) => (folder === './' ? '.' : folder));
}

/** A file named `-rf.py` is a file. */
function notAnOption(path: string): string {
  return path.startsWith('-') ? `./${path}` : path;
}
