import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { RotaError } from '../errors.ts';
import type { System } from '../system/ports.ts';

/**
 * A text as the person leaves it in their editor ($VISUAL, else $EDITOR, else vi), run by sh as git does. It needs the
 * terminal itself, so it is not started through the port for programs.
 *
 * @throws RotaError `usage` when the editor fails: nothing is taken then
 */
export async function editInEditor(system: System, name: string, text: string): Promise<string> {
  const { variables } = system.environment;
  const editor = variables['VISUAL'] || variables['EDITOR'] || 'vi';
  const folder = await system.files.temporaryFolder('rota-edit-');
  const path = join(folder, name);
  try {
    await system.files.write(path, text);
    const code = await runOnTerminal(editor, path);
    if (code !== 0) throw new RotaError('usage', `${editor} ended with ${code}.`, 'Nothing was changed.');
    return (await system.files.read(path)).toString('utf8');
  } finally {
    await system.files.removeTree(folder);
  }
}

function runOnTerminal(editor: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', `${editor} "$@"`, editor, path], { stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
