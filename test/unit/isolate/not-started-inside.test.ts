import { describe, expect, it } from 'vitest';
import { notStartedInside } from '../../../src/isolate/not-started-inside.ts';

describe('a program that what isolates it did not start', () => {
  it.each([
    ['bwrap: execvp no-such: No such file or directory\n', 'ENOENT'],
    ['bwrap: execvp tools/a.sh: Permission denied\n', 'EACCES'],
    [
      'Error: runc: runc create failed: unable to start container process: exec: "x": executable file not found in $PATH: OCI runtime attempted to invoke a command that was not found',
      'ENOENT',
    ],
    [
      'docker: Error response from daemon: failed to create task: exec: "./x": permission denied: unknown.\n\nRun \'docker run --help\' for more information',
      'EACCES',
    ],
  ])('%s', (output, code) => {
    expect(notStartedInside(output)).toBe(code);
  });

  it.each([
    '',
    'hello\nbwrap: execvp no-such: No such file or directory\n',
    'bwrap: execvp no-such: No such file or directory\nhello\n',
    "bwrap: Can't bind mount /oldroot/x on /newroot/x: No such file or directory",
    'sh: 1: no-such: not found',
  ])('is not %j', (output) => {
    expect(notStartedInside(output)).toBe(null);
  });
});
