import { describe, expect, test } from 'vitest';
import {
  choosePermission,
  decidePermission,
  type PermissionAsked,
  type Place,
} from '../../../src/plan/permission.ts';

const mayEdit = (path: string) => path.startsWith('src/');
const inside = (path: string): Place => ({ kind: 'inside', path });
const OUTSIDE: Place = { kind: 'outside' };
const GIT: Place = { kind: 'git' };
const OWN: Place = { kind: 'own', path: '/runs/result.md' };

function decide(kind: string, places: readonly Place[] = [], more: Partial<PermissionAsked> = {}) {
  const paths = places.map((place, at) => ({ asked: `/asked/${at}`, place }));
  return decidePermission({ kind, changes: false, paths, command: null, ...more }, mayEdit);
}

describe('changes', () => {
  test.each(['edit', 'delete', 'move'])('%s: of what the role may edit, and of the result', (kind) => {
    expect(decide(kind, [inside('src/a.ts')])).toEqual({ granted: true });
    expect(decide(kind, [OWN])).toEqual({ granted: true });
  });

  test.each(['edit', 'delete', 'move'])('%s: nothing else, and the reason is said', (kind) => {
    expect(decide(kind, [inside('backlog/A1.md')])).toEqual({
      granted: false,
      reason: "/asked/0: the role's contract does not let it change that (may-edit)",
    });
    expect(decide(kind, [OUTSIDE])).toEqual({
      granted: false,
      reason: '/asked/0: that is outside the folder of this run',
    });
    expect(decide(kind, [GIT])).toEqual({ granted: false, reason: "/asked/0: that is git's own" });
  });

  test('one path outside the contract is enough', () => {
    expect(decide('move', [inside('src/a.ts'), inside('docs/a.md')])).toMatchObject({ granted: false });
    expect(decide('edit', [inside('src/a.ts'), inside('src/b.ts'), OUTSIDE])).toMatchObject({
      granted: false,
    });
  });

  test('a change that does not say of what is none that can be judged', () => {
    expect(decide('edit')).toEqual({ granted: false, reason: 'it does not say which file it would change' });
  });

  test.each(['read', 'execute', 'other', 'think', 'anything'])(
    'whatever the kind says (%s): what shows a change is one',
    (kind) => {
      expect(decide(kind, [inside('docs/a.md')])).toEqual({ granted: true });
      expect(decide(kind, [inside('docs/a.md')], { changes: true })).toMatchObject({ granted: false });
    },
  );
});

describe('everything else', () => {
  test.each(['read', 'search', 'execute', 'fetch', 'think', 'switch_mode', 'other', 'new_kind'])(
    '%s: in the folder, whatever the role may edit',
    (kind) => {
      expect(decide(kind)).toEqual({ granted: true });
      expect(decide(kind, [inside('backlog/A1.md'), inside(''), OWN])).toEqual({ granted: true });
      expect(decide(kind, [OUTSIDE])).toMatchObject({ granted: false });
      expect(decide(kind, [inside('src/a.ts'), GIT])).toMatchObject({ granted: false });
    },
  );

  test('a command is looked at, whatever kind it comes as', () => {
    for (const kind of ['execute', 'other', 'read']) {
      expect(decide(kind, [], { command: 'npm test' })).toEqual({ granted: true });
      expect(decide(kind, [], { command: 'npm test && git push' })).toEqual({
        granted: false,
        reason: '`git push`: the protocol rules it out',
      });
      expect(decide(kind, [], { command: ['git', 'push', 'origin'] })).toMatchObject({ granted: false });
    }
  });
});

describe('the answer among those that are offered', () => {
  const offers = (...kinds: string[]) => kinds.map((kind) => ({ kind, optionId: `id-${kind}` }));

  test.each([
    [true, ['allow_always', 'allow_once', 'reject_once', 'reject_always'], 'id-allow_once'],
    [true, ['reject_once', 'allow_always'], 'id-allow_always'],
    [false, ['allow_once', 'reject_always', 'reject_once'], 'id-reject_once'],
    [false, ['allow_always', 'reject_always'], 'id-reject_always'],
    [true, ['reject_once', 'reject_always'], undefined],
    [false, ['allow_once', 'allow_always'], undefined],
    [true, [], undefined],
    [false, ['deny', 'allow'], undefined],
  ] as const)('granted %s of %j: %s', (granted, kinds, chosen) => {
    expect(choosePermission(granted, offers(...kinds))?.optionId).toBe(chosen);
  });
});
