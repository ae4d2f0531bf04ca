import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sandbox } from '../support/repo.ts';

/** Answers nothing, closes its pipes, and dies a while later: what a killed git looks like on a busy machine. */
const DYING = 'read x; exec 0<&- 1>&- 2>&-; sleep 0.3; kill -9 $$';

it('a git that dies while it is asked for objects ends the command with an error, never in silence', async () => {
  const repo = sandbox().repo('work', {
    'rota.yaml': 'gate: none\nagents:\n  mine: {command: [true], prompt: stdin}\n',
    'roles/developer.md': '---\nrole: developer\ntakes: {type: [feature]}\nagent: mine\n---\nWork.\n',
    'backlog/A1-one.md': '---\nid: A1\ntitle: One\nstatus: ready\n---\nDo it.\n',
  });
  const bin = join(repo.sandbox.folder, 'bin');
  mkdirSync(bin);
  const real = repo.git('-c', 'alias.where=!command -v git', 'where');
  writeFileSync(
    join(bin, 'git'),
    `#!/bin/sh\ncase "$*" in *"--batch"*) ${DYING} ;; esac\nexec ${real} "$@"\n`,
  );
  chmodSync(join(bin, 'git'), 0o755);
  const env = { PATH: `${bin}:${repo.sandbox.env['PATH']}` };
  const { code, stdout, stderr } = await repo.rota(['run', 'developer', '--json'], { env });
  expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringMatching(/git cat-file ended/) });
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'git' } });
});
