import { join } from 'node:path';
import { RotaError } from '../errors.ts';
import type { NeutralPlace } from '../store/neutral.ts';
import type { System } from '../system/ports.ts';
import { plainText } from '../task/text.ts';
import type { Quarantine } from './clone-quarantine.ts';

/** Milliseconds for each call of git: what it unpacks was written by an agent. */
const TIME_LIMIT = 10 * 60_000;

/**
 * Takes commits with everything that they need out of the quarantine into the repository: one pack, of which git has computed
 * every object's id anew and checked every object as `transfer.fsckObjects` does. No ref moves. Nothing is taken where
 * anything is wrong.
 *
 * @param neutral sees the repository's objects
 * @param tips object ids that an agent's refs name
 * @param known commits of the repository that the tips may build on
 * @throws RotaError `agent` with what is wrong, in words that follow "its repository"
 */
export async function takeCommits(
  system: System,
  neutral: NeutralPlace,
  { place, folder }: Quarantine,
  tips: readonly string[],
  known: readonly string[],
): Promise<void> {
  const { git, files } = system;
  const there = await git.objects(neutral, 'info', tips);
  const wanted = tips.filter((_, at) => there[at] === null);
  if (wanted.length === 0) return;
  const input = [...wanted, ...known.map((commit) => `^${commit}`)].map((line) => `${line}\n`).join('');
  const options = { ok: [0, 1, 128], timeLimit: TIME_LIMIT };
  const out = join(folder, 'out/pack');
  const args = ['pack-objects', '-q', '--revs', '--non-empty', '--delta-base-offset', '--window=0', out];
  const packed = await git.run(place, args, { ...options, input });
  if (packed.code !== 0) throw odd(`is damaged: ${firstLine(packed.stderr)}`);
  const name = packed.stdout.toString('utf8').trim();
  if (name === '') return;
  const index = join(folder, 'out/checked.idx');
  const check = ['index-pack', '--strict', '-o', index, `${out}-${name}.pack`];
  const checked = await git.run(neutral, check, options);
  if (checked.code !== 0) throw odd(`holds what git refuses: ${firstLine(checked.stderr)}`);
  const pack = join(neutral.objects, 'pack', `pack-${name}`);
  await files.makeFolder(join(neutral.objects, 'pack'));
  // Git looks for packs by their index: it comes last.
  await moveFile(system, `${out}-${name}.pack`, `${pack}.pack`);
  await moveFile(system, index, `${pack}.idx`);
}

async function moveFile({ files, random }: System, from: string, to: string): Promise<void> {
  try {
    await files.rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    // As git's own half-written packs are called, so that `git gc` drops one that a crash leaves.
    const beside = join(to, '..', `tmp_pack_${random.id()}`);
    await files.copyFile(from, beside);
    await files.rename(beside, to);
  }
}

function firstLine(stderr: string): string {
  const line =
    stderr.split('\n').find((one) => /^(?:error|fatal):/.test(one)) ?? stderr.trim().split('\n')[0] ?? '';
  return plainText(line.replace(/^(?:error|fatal): /, ''));
}

function odd(what: string): RotaError {
  return new RotaError('agent', what);
}
