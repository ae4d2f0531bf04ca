import { join } from 'node:path';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';

/**
 * The person's ignore rules as one text: core.excludesFile (or git's default place for it), then `.git/info/exclude`, of
 * which later lines win as they do in git. A neutral directory knows neither.
 */
export async function readExcludes(system: System, repository: Repository): Promise<string> {
  const asked = await system.git.run(
    repository.place,
    ['config', '--type=path', '--get', 'core.excludesFile'],
    { ok: [0, 1] },
  );
  const configured = asked.stdout.toString('utf8').trim();
  const own = configured === '' ? defaultPlace(system) : configured;
  const texts = await Promise.all(
    [own, join(repository.gitDir, 'info/exclude')].map((path) => readText(system, path)),
  );
  return texts.join('\n');
}

/** Adds `line` to `.git/info/exclude` unless it is there, so that people's `git status` does not show worktrees. */
export async function excludeInRepository(
  system: System,
  repository: Repository,
  line: string,
): Promise<void> {
  const file = join(repository.gitDir, 'info/exclude');
  const text = await readText(system, file);
  if (text.split(/\r?\n/).includes(line)) return;
  await system.files.makeFolder(join(repository.gitDir, 'info'));
  await system.files.append(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`);
}

function defaultPlace(system: System): string {
  const { variables } = system.environment;
  return join(variables['XDG_CONFIG_HOME'] || join(variables['HOME'] ?? '/', '.config'), 'git/ignore');
}

/** A folder or an unreadable file there has no rules, as for git. */
async function readText(system: System, path: string): Promise<string> {
  const facts = path.startsWith('/') ? await system.files.facts(path) : null;
  if (facts === null || facts.kind === 'folder') return '';
  return (await system.files.readIfThere(path))?.toString('utf8') ?? '';
}
