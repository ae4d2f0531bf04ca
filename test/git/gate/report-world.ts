import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GateCommand } from '../../../src/config.ts';
import type { GateInput } from '../../../src/run/gate/run-gate.ts';
import { readBranchChanges } from '../../../src/run/land/branch-changes.ts';
import type { Project } from '../../../src/run/project/project.ts';
import { openNeutral } from '../../../src/store/neutral.ts';
import { gateRig } from './fixture.ts';

export const NODE: Pick<GateCommand, 'run' | 'report'> = {
  run: 'node --test --test-reporter=junit --test-reporter-destination={report} test',
  report: { format: 'junit', path: null },
};

/** A gate that judges what a branch makes of main. */
export async function reportWorld(files: Record<string, string>) {
  const rig = await gateRig({ 'README.md': '# hello\n', ...files });
  const { repo, system, repository, runFolder } = rig;
  const main = () => repo.git('rev-parse', 'main');
  return {
    ...rig,
    /** Judges what these files make of main; null deletes. */
    candidate: async (
      gate: Parameters<typeof rig.judge>[0],
      changed: Record<string, string | null>,
      more: Partial<GateInput> = {},
      setup: string[] = [],
    ) => {
      const base = main();
      repo.git('checkout', '-q', '-B', 'candidate', base);
      const gone = Object.keys(changed).filter((path) => changed[path] === null);
      if (gone.length > 0) repo.git('rm', '-q', ...gone);
      const written = Object.entries(changed).flatMap(([path, text]) =>
        text === null ? [] : [[path, text]],
      );
      const commit = repo.commit('feat: the branch, merged', Object.fromEntries(written));
      repo.git('checkout', '-q', 'main');
      const neutral = await openNeutral(system, repository);
      const changes = await readBranchChanges({ system, neutral } as unknown as Project, base, commit);
      await neutral.close();
      return rig.judge(gate, { commit, base, changes, ...more }, setup);
    },
    /** Main moves to what was judged. */
    land: () => repo.git('merge', '-q', '--ff-only', 'candidate'),
    /** What is left in rota's folder for reports. */
    reportsLeft: () => readdirSync(join(repository.cacheDir, 'reports')),
    logs: () => readdirSync(runFolder).sort(),
    log: (name: string) => readFileSync(join(runFolder, name), 'utf8'),
  };
}
