import { describe, expect, test } from 'vitest';
import { pushOptionsRemote } from '../../support/forge/push-options-remote.ts';
import { type Sandbox, sandbox, type TestRepo } from '../../support/repo.ts';
import { doors, proposal } from './fixture.ts';

const BRANCH = 'ai/developer/A1-it';
const WEB = 'https://gitlab.example.com/acme/shop';

/** A clone of the remote, which has a first commit on main; git finds it under its GitLab address. */
function openLab(box: Sandbox, bare: TestRepo, url = `${WEB}.git`): TestRepo {
  const seed = box.repo('seed', { 'README.md': '# shop\n', 'rota.yaml': 'gate: none\n' });
  seed.git('push', '-q', bare.root, 'HEAD:refs/heads/main');
  box.system();
  seed.git('config', '--global', `url.${bare.root}.insteadOf`, url);
  return box.clone(url, 'shop');
}

describe('push options', () => {
  test('the push opens the request, the next one brings it up to date', async () => {
    const box = sandbox();
    const { bare, pushes } = pushOptionsRemote(box, WEB);
    const repo = openLab(box, bare);
    const { forge, branch } = doors(box, repo);
    const lab = await forge();
    expect(lab).toMatchObject({ name: 'push-options', canFollow: false });
    const tip = branch(BRANCH);
    const body = 'What and why.\n\n- [x] C:\\new\n/merge\n';
    const wanted = {
      body,
      labels: ['rota', 'needs, review'],
      draft: true,
      autoMerge: true,
      reviewers: ['mike'],
    };
    expect(await lab.propose(proposal(BRANCH, tip, wanted))).toEqual({
      ...{ number: 1, url: `${WEB}/-/merge_requests/1`, link: null, created: false },
      notes: ['Push options cannot ask for a review: ask mike.'],
    });
    expect(bare.git('rev-parse', `refs/heads/${BRANCH}`)).toBe(tip);
    expect(pushes()).toEqual([
      [
        ...['merge_request.create', 'merge_request.target=main', 'merge_request.title=feat(A1): add it'],
        'merge_request.description=What and why.\\n\\n- [x] C:&#92;new\\n\\/merge\\n',
        ...['merge_request.label=rota', 'merge_request.label=needs, review', 'merge_request.draft'],
        'merge_request.merge_when_pipeline_succeeds',
      ],
    ]);
    repo.git('checkout', '-q', BRANCH);
    const next = repo.commit('fix: more', { 'more.txt': 'x\n' });
    expect(await lab.propose(proposal(BRANCH, next, { ...wanted, isOpen: true }))).toMatchObject({
      notes: [],
      number: 1,
      url: `${WEB}/-/merge_requests/1`,
    });
    // Title, labels and draft may be a person's by now.
    expect(pushes().slice(1)).toEqual([
      [
        'merge_request.create',
        'merge_request.target=main',
        expect.stringMatching(/^merge_request\.description=What/),
      ],
    ]);
    expect(await lab.propose(proposal(BRANCH, next, { isOpen: true }))).toEqual({
      ...{ number: null, url: null, link: null, created: false, notes: [] },
    });
    expect(await lab.propose(proposal('ai/x/A2-b', branch('ai/x/A2-b')))).toMatchObject({ number: 2 });
    expect(await lab.follow([{ number: 1, branch: BRANCH }])).toEqual([]);
    await expect(lab.find('1')).rejects.toMatchObject({ code: 'forge', trouble: 'no-api' });
  });

  test('a branch that is there already cannot ask any more: a person gets the link', async () => {
    const box = sandbox();
    const { bare, pushes } = pushOptionsRemote(box, WEB);
    const repo = openLab(box, bare);
    const { forge, branch } = doors(box, repo);
    const tip = branch(BRANCH);
    repo.git('push', '-q', 'origin', `${tip}:refs/heads/${BRANCH}`);
    const made = await (await forge()).propose(proposal(BRANCH, tip));
    expect(made).toMatchObject({
      number: null,
      url: null,
      created: false,
      notes: [/pushed before/].map((words) => expect.stringMatching(words)),
    });
    expect(made.link).toBe(
      `${WEB}/-/merge_requests/new?merge_request%5Bsource_branch%5D=ai%2Fdeveloper%2FA1-it&merge_request%5Btarget_branch%5D=main`,
    );
    expect(pushes()).toEqual([]);
  });

  test('a remote that takes none gets the branch all the same', async () => {
    const box = sandbox();
    const bare = box.bare('plain.git');
    const repo = openLab(box, bare);
    const { forge, branch } = doors(box, repo);
    const tip = branch(BRANCH);
    const made = await (await forge()).propose(proposal(BRANCH, tip));
    expect(made).toMatchObject({ number: null, url: null, created: false });
    expect(made.link).toContain('/-/merge_requests/new?');
    expect(made.notes).toEqual([expect.stringMatching(/takes no push options/)]);
    expect(bare.git('rev-parse', `refs/heads/${BRANCH}`)).toBe(tip);
  });

  test('a folder as remote has no link, and its options are taken if it takes some', async () => {
    const box = sandbox();
    const { bare, pushes } = pushOptionsRemote(box, 'https://anywhere.example.com/x/y');
    const seed = box.repo('seed', { 'README.md': '# shop\n', 'rota.yaml': 'gate: none\n' });
    seed.git('push', '-q', bare.root, 'HEAD:refs/heads/main');
    const { forge, branch } = doors(box, box.clone(bare.root, 'shop'));
    const made = await (await forge()).propose(proposal(BRANCH, branch(BRANCH)));
    expect(made).toMatchObject({ url: 'https://anywhere.example.com/x/y/-/merge_requests/1', link: null });
    expect(pushes()).toHaveLength(1);
    const link = await (await forge('link')).propose(proposal('ai/x/A2', branch('ai/x/A2')));
    expect(link).toEqual({ number: null, url: null, link: null, created: false, notes: [] });
    expect(pushes()).toHaveLength(1);
    await expect(forge('gh')).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(/forge: gh/),
    });
  });

  test('an address elsewhere in what the server prints is not believed, nor its control characters', async () => {
    const box = sandbox();
    const { bare } = pushOptionsRemote(box, 'https://evil.example.com/acme/shop\\033[31m');
    const { forge, branch } = doors(box, openLab(box, bare));
    const made = await (await forge()).propose(proposal(BRANCH, branch(BRANCH)));
    expect(made).toMatchObject({ number: null, url: null });
    expect(made.link).toContain(`${WEB}/-/merge_requests/new?`);
  });

  test('a hook that says no: nothing is there, in its words', async () => {
    const box = sandbox();
    const { bare } = pushOptionsRemote(box, WEB);
    const { forge, branch } = doors(box, openLab(box, bare));
    bare.write('hooks/update', '#!/bin/sh\necho "branches need a ticket" >&2\nexit 1\n');
    const error = await (await forge()).propose(proposal(BRANCH, branch(BRANCH))).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'remote', message: expect.stringMatching(/branches need a ticket/) });
    expect(bare.git('for-each-ref', 'refs/heads/ai')).toBe('');
  });

  test('without a remote there are no pull requests', async () => {
    const box = sandbox();
    const repo = box.repo('alone', { 'rota.yaml': 'gate: none\n' });
    await expect(doors(box, repo).forge()).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(/need a remote/),
    });
  });
});

describe('the forge that auto takes', () => {
  test.each([
    ['https://github.com/acme/shop.git', 'gh'],
    ['git@github.com:acme/shop', 'gh'],
    ['ssh://git@ssh.github.com:443/acme/shop.git', 'gh'],
    ['https://github.com/acme/shop/wiki', 'link'],
    ['git@gitlab.com:group/sub/shop.git', 'push-options'],
    ['https://gitlab.acme.example/shop/shop', 'push-options'],
    ['git@bitbucket.org:acme/shop.git', 'link'],
    ['https://codeberg.org/acme/shop', 'link'],
    ['git@ssh.dev.azure.com:v3/acme/Shop%20Team/shop', 'link'],
    ['ssh://git@code.acme.example:2222/acme/shop.git', 'push-options'],
    ['work:acme/shop.git', 'gh'],
    ['git@github-work:acme/shop.git', 'gh'],
    ['git@nowhere:acme/shop.git', 'push-options'],
  ])('for %s: %s', async (url, name) => {
    const box = sandbox();
    const repo = box.repo('here', { 'rota.yaml': 'gate: none\n' });
    repo.git('remote', 'add', 'origin', url);
    repo.git('config', '--global', 'url.git@github.com:.insteadOf', 'work:');
    // A token for some company's server says nothing about others.
    Object.assign(box.env, { GH_ENTERPRISE_TOKEN: 'token' });
    const bin = {
      'bin/gh': '#!/bin/sh\n[ "$1" = --version ] && exit 0\n[ -n "$GH_ENTERPRISE_TOKEN" ]\n',
      // The real one reads the settings of whoever the system says it is, not those of HOME.
      'bin/ssh':
        '#!/bin/sh\n[ "$1 $2" = "-G --" ] || exit 9\n' +
        'case $3 in github-work) echo "hostname github.com";; *) echo "hostname $3";; esac\n',
    };
    for (const [path, text] of Object.entries(bin)) repo.write(path, text);
    box.env['PATH'] = `${repo.root}/bin:${box.env['PATH']}`;
    expect((await doors(box, repo).forge()).name).toBe(name);
  });

  test("a company's own GitHub, by its login or by GH_HOST", async () => {
    const box = sandbox();
    const repo = box.repo('here', { 'rota.yaml': 'gate: none\n' });
    repo.git('remote', 'add', 'origin', 'git@code.acme.example:acme/shop.git');
    repo.write(
      'bin/gh',
      '#!/bin/sh\n[ "$1" = --version ] || [ "$*" = "auth token --hostname code.acme.example" ]\n',
    );
    const { forge } = doors(box, repo);
    const path = box.env['PATH'];
    box.env['PATH'] = `${repo.root}/bin:${path}`;
    expect((await forge()).name).toBe('gh');
    repo.write('bin/gh', '#!/bin/sh\n[ "$1" = --version ]\n');
    expect((await forge()).name).toBe('push-options');
    box.env['GH_HOST'] = 'code.acme.example';
    expect((await forge()).name).toBe('gh');
  });
});
