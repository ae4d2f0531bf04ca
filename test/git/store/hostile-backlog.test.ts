import { describe, expect, it } from 'vitest';
import { readBacklog } from '../../../src/store/backlog/read-backlog.ts';
import { openRepository } from '../../../src/store/repository.ts';
import { CORPUS, corpusBytes } from '../../corpus/corpus.ts';
import { sandbox } from '../../support/repo.ts';

describe('a hostile backlog in git', () => {
  it('is read from its bytes: every file is a task, is named with its lines, or is no task', async () => {
    const repo = sandbox().repo('work');
    const files = CORPUS.flatMap(({ name, files }) =>
      files.map((file) => ({ ...file, bytes: corpusBytes(name, file) })),
    );
    for (const { path, bytes } of files) repo.write(path, bytes);
    repo.write('backlog/-rf.md', '---\ntitle: An option\n---\n');
    repo.git('add', '-A');
    repo.git('commit', '-q', '-m', 'chore: backlog');
    const system = repo.sandbox.system();
    const repository = await openRepository(system, repo.root);
    const backlog = await readBacklog(system, repository, repo.git('rev-parse', 'main'), null);
    const found = new Map(
      backlog.files.map((parsed) => [parsed.kind === 'task' ? parsed.task.file : parsed.file, parsed]),
    );
    for (const { path, expected } of files) {
      expect(found.get(path), path).toMatchObject({ kind: expected.kind });
      if (expected.kind !== 'malformed') continue;
      const lines = backlog.problems
        .filter((problem) => problem.file === path)
        .map(({ line, rule }) => [line, rule]);
      expect(lines.sort(), path).toEqual(expected.problems.map(([line, rule]) => [line, rule]).sort());
    }
    expect(found.get('backlog/-rf.md')).toMatchObject({
      kind: 'malformed',
      problems: [{ line: 1, rule: 'id' }],
    });
    expect(found.size).toBe(files.length + 1);
  });
});
