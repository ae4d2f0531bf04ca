import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox, TestRepo } from '../repo.ts';

export interface PushOptionsRemote {
  readonly bare: TestRepo;
  /** The options of each push that had some, oldest first. */
  pushes(): string[][];
}

/**
 * A real bare repository that takes push options as GitLab does: they are recorded, and each push that asks for a request is
 * answered with `remote:` lines and the address of the request that it opened or brought up to date.
 *
 * @param web what the address begins with, e.g. `https://gitlab.example.com/acme/shop`
 */
export function pushOptionsRemote(box: Sandbox, web: string, name = 'options.git'): PushOptionsRemote {
  const bare = box.bare(name);
  bare.git('config', 'receive.advertisePushOptions', 'true');
  bare.write('hooks/pre-receive', RECORD);
  bare.write('hooks/post-receive', ANSWER.replace('WEB', web));
  return {
    bare,
    pushes: () => {
      if (!bare.exists('pushed')) return [];
      const pushes = readFileSync(join(bare.root, 'pushed'), 'utf8').split('\0\0').slice(0, -1);
      return pushes.map((push) => push.split('\0'));
    },
  };
}

/** Each option ends with a NUL, each push with another one. */
const RECORD = `#!/bin/sh
[ "\${GIT_PUSH_OPTION_COUNT:-0}" = 0 ] && exit 0
at=0
while [ "$at" -lt "$GIT_PUSH_OPTION_COUNT" ]; do
  eval "printf '%s\\\\0' \\"\\$GIT_PUSH_OPTION_$at\\"" >> pushed
  at=$((at + 1))
done
printf '\\0' >> pushed
`;

const ANSWER = `#!/bin/sh
[ "$GIT_PUSH_OPTION_0" = merge_request.create ] || exit 0
while read -r old new ref; do
  branch=\${ref#refs/heads/}
  number=$(grep -nxF "$branch" requests 2>/dev/null | cut -d: -f1)
  if [ -z "$number" ]; then
    echo "$branch" >> requests
    number=$(wc -l < requests | tr -d ' ')
  fi
  printf '\\nView merge request for %s:\\n  WEB/-/merge_requests/%s\\n\\n' "$branch" "$number" >&2
done
`;
