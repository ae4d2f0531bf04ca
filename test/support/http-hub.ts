import { createServer } from 'node:http';
import { argv, env, stdout } from 'node:process';
import { answerGit } from './git-http.ts';

/** Serves a bare repository with `git http-backend`, as a program of its own: bundled, and started in another network. */
const [, , root = '', address = '', port = ''] = argv;
createServer((request, response) =>
  answerGit({ root, env: { ...env } as Record<string, string> }, request, response),
).listen(Number(port), address, () => stdout.write('ready\n'));
