import { plainText } from '../../task/text.ts';
import type { Finding } from './finding.ts';
import type { RemoteFacts } from './remote-facts.ts';

/** What was asked about, as rota.yaml has it. */
export interface RemoteWish {
  /** The remote's name. */
  readonly name: string;
  readonly branch: string;
  readonly refsPrefix: string;
  readonly integrate: 'merge' | 'pr';
  /** Pull requests are opened by push options. */
  readonly needsOptions: boolean;
}

/** What a probe of the remote means for runs, with settings that work there. Pure. */
export function judgeRemote(wish: RemoteWish, facts: RemoteFacts): Finding[] {
  const { name } = wish;
  const left = facts.left.length === 0 ? [] : [leftBehind(name, facts.left)];
  if (facts.atomic === 'missing')
    return [
      bad(
        `${name} has no atomic push: a lock and main could not be changed together`,
        'Where the server is yours: git config receive.advertiseAtomic true. Else keep the shared repository on another host.',
      ),
    ];
  const broken =
    facts.atomic === 'broken'
      ? [
          bad(
            `${name} says that a push is all or nothing, and did one half of it`,
            'Rota cannot work there: keep the shared repository on another host.',
          ),
        ]
      : [];
  return [
    { area: 'remote', state: 'good', says: `${name} can be read and takes pushes`, mend: null },
    ...namesFindings(wish, facts),
    ...broken,
    ...branchFindings(wish, facts),
    ...mainFindings(wish, facts),
    ...optionsFindings(wish, facts),
    ...left,
  ];
}

function namesFindings({ name, refsPrefix }: RemoteWish, facts: RemoteFacts): Finding[] {
  const prefix = facts.instead ?? refsPrefix;
  const replace =
    facts.replace === null
      ? []
      : [
          bad(
            `${name} does not let a ref below ${prefix} be replaced: ${facts.replace}`,
            `Locks are renewed like that: allow forced pushes below ${prefix}, for it alone.`,
          ),
        ];
  if (facts.names !== null)
    return [
      bad(
        `${name} refuses refs below ${refsPrefix}: ${facts.names}`,
        facts.instead === null
          ? `Allow refs below ${refsPrefix}, to be made, replaced and deleted.`
          : `Put this into rota.yaml: refs-prefix: ${facts.instead}`,
      ),
      ...replace,
    ];
  if (!facts.readable)
    return [
      bad(
        `what is pushed to ${name} below ${refsPrefix} cannot be read there`,
        'Either the server hides it (uploadpack.hideRefs), or the remote is read and pushed at different places (git remote -v).',
      ),
    ];
  if (replace.length > 0) return replace;
  const says = `locks fit below ${refsPrefix}: refs are made, replaced and deleted${facts.atomic === 'kept' ? ', all or nothing' : ''}`;
  return [{ area: 'remote', state: 'good', says, mend: null }];
}

function branchFindings({ name, integrate }: RemoteWish, { branches }: RemoteFacts): Finding[] {
  if (branches === null) return [];
  const says = `${name} refuses branches below ai/: ${branches}`;
  if (integrate === 'pr') return [bad(says, 'Pull requests come from them: allow branches below ai/.')];
  const mend =
    'Work in progress stays on its machine, and no other can go on with it: allow branches below ai/.';
  return [{ area: 'remote', state: 'warning', says, mend }];
}

function mainFindings({ name, branch, integrate }: RemoteWish, { main }: RemoteFacts): Finding[] {
  if (integrate === 'pr') return [];
  switch (main.kind) {
    case 'open':
      return [{ area: 'remote', state: 'good', says: `${branch} on ${name} can be moved`, mend: null }];
    case 'refused':
      return [
        bad(
          `${name} does not let ${branch} be moved: ${main.reason}`,
          `Let pull requests do it: integrate: pr in rota.yaml. Or allow this account to push to ${branch}.`,
        ),
      ];
    case 'moved':
      return [
        bad(
          `${branch} on ${name} was moved by a push that could not succeed as a whole: one empty commit is on it`,
          'Rota cannot work there: keep the shared repository on another host.',
        ),
      ];
    case 'unknown': {
      const says = `whether ${branch} on ${name} can be moved was not found out: ${main.reason}`;
      return [{ area: 'remote', state: 'warning', says, mend: 'Run rota doctor again.' }];
    }
    default:
      return main satisfies never;
  }
}

function optionsFindings({ name, needsOptions }: RemoteWish, { options }: RemoteFacts): Finding[] {
  if (!needsOptions || options) return [];
  const says = `${name} takes no push options, so a push opens no pull request`;
  const mend =
    'Name another way in rota.yaml: pull-request: {forge: link}, or gh. Or allow them: git config receive.advertisePushOptions true.';
  return [{ area: 'remote', state: 'warning', says, mend }];
}

function leftBehind(name: string, refs: readonly string[]): Finding {
  const names = refs.map(plainText);
  return {
    area: 'remote',
    state: 'warning',
    says: `${name} does not let refs be deleted; left there: ${names.join(', ')}`,
    mend: `Allow them to be deleted, then: git push ${name} ${names.map((ref) => `:${ref}`).join(' ')}`,
  };
}

function bad(says: string, mend: string): Finding {
  return { area: 'remote', state: 'bad', says, mend };
}
