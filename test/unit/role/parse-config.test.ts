import { describe, expect, it } from 'vitest';
import type { Config } from '../../../src/config.ts';
import { parseConfig } from '../../../src/role/parse-config.ts';

/** What a gate command is when nothing more is said. */
const PLAIN = { report: null, retry: false, when: null };

function configOf(text: string): Config {
  const parsed = parseConfig(text);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config;
}

function problemsOf(text: string): string[] {
  const parsed = parseConfig(text);
  if (!('problems' in parsed)) throw new Error(`no problem in ${text}`);
  return parsed.problems.map(({ line, rule, message }) => `${line} ${rule}: ${message}`);
}

describe('parseConfig', () => {
  it('fills in every default', () => {
    expect(configOf('gate: none\n')).toEqual({
      branch: 'main',
      remote: undefined,
      integrate: 'merge',
      pullRequest: {
        ...{ labels: [], reviewers: [], draft: false, autoMerge: false, maxOpen: 10 },
        ...{ afterLostRaces: false, forge: 'auto' },
      },
      gate: 'none',
      proof: [],
      setup: [],
      copy: [],
      disposable: ['dist', 'build', 'coverage', 'target', '.venv'],
      context: [],
      limits: { files: 100, lines: 5000, fileSize: 1_000_000, prompt: 200_000 },
      secrets: { allow: [] },
      isolation: { network: 'all', read: [], image: null },
      env: [],
      agents: {},
      budget: [],
      workers: 2,
      schedule: { timeZone: null, entries: {} },
      worktrees: '.worktrees',
      publish: 'claim',
      refsPrefix: 'refs/rota/',
      prefix: 'A',
    });
  });

  it('reads every key', () => {
    const text = [
      'branch: release/1.x',
      'remote: none',
      'integrate: merge',
      'gate: [npm test, [make, "-j 2"], {run: npm run e2e, time-limit: 15m, env: [DISPLAY]}]',
      'proof: {run: "pytest {files} --junitxml={report}", files: ["**/*.py"], time-limit: 2m, env: [DB]}',
      'setup: [npm ci]',
      'copy: [node_modules/, a/b]',
      'disposable: [out]',
      'context: [AGENTS.md]',
      'limits: {files: 7, file-size: 500kb}',
      'secrets: {allow: [test/fixtures/**]}',
      'isolation: {network: none, read: [~/.rustup, /srv/models/], image: "node:20"}',
      'env: [ANTHROPIC_API_KEY]',
      'agents: {mine: {command: [node, tools/agent.mjs], prompt: file}, other: {command: [x]}}',
      'budget: {tokens: 2M, usd: 10}',
      'workers: 4',
      'schedule: {developer: every 20m, pm: {at: 30 2 * * *, agent: other}, x: never, time-zone: Europe/Berlin}',
      'worktrees: .trees/',
      'publish: off',
      'prefix: SHOP-',
      'pull-request: {labels: [rota, " rota", a b], reviewers: [mike, acme/back-end], draft: true,',
      '  auto-merge: true, max-open: 3, after-lost-races: true, forge: push-options}',
    ].join('\r\n');
    expect(configOf(`\ufeff${text}\r\n`)).toEqual({
      branch: 'release/1.x',
      remote: null,
      integrate: 'merge',
      pullRequest: {
        labels: ['rota', 'a b'],
        reviewers: ['mike', 'acme/back-end'],
        draft: true,
        autoMerge: true,
        maxOpen: 3,
        afterLostRaces: true,
        forge: 'push-options',
      },
      gate: [
        { run: 'npm test', timeLimit: 1_800_000, env: [], ...PLAIN },
        { run: ['make', '-j 2'], timeLimit: 1_800_000, env: [], ...PLAIN },
        { run: 'npm run e2e', timeLimit: 900_000, env: ['DISPLAY'], ...PLAIN },
      ],
      proof: [
        {
          ...{ run: 'pytest {files} --junitxml={report}', files: ['**/*.py'], report: 'junit' },
          ...{ timeLimit: 120_000, env: ['DB'] },
        },
      ],
      setup: ['npm ci'],
      copy: ['node_modules', 'a/b'],
      disposable: ['out'],
      context: ['AGENTS.md'],
      limits: { files: 7, lines: 5000, fileSize: 500_000, prompt: 200_000 },
      secrets: { allow: ['test/fixtures/**'] },
      isolation: { network: 'none', read: ['~/.rustup', '/srv/models'], image: 'node:20' },
      env: ['ANTHROPIC_API_KEY'],
      agents: {
        mine: { kind: 'command', command: ['node', 'tools/agent.mjs'], prompt: 'file' },
        other: { kind: 'command', command: ['x'], prompt: 'stdin' },
      },
      budget: [{ tokens: 2_000_000, usd: 10, per: 'day' }],
      workers: 4,
      schedule: {
        timeZone: 'Europe/Berlin',
        entries: {
          developer: { pace: { kind: 'every', ms: 1_200_000 }, agent: null },
          pm: { pace: { kind: 'cron', expression: '30 2 * * *' }, agent: 'other' },
          x: 'never',
        },
      },
      worktrees: '.trees',
      publish: 'off',
      refsPrefix: 'refs/rota/',
      prefix: 'SHOP-',
    });
  });

  it.each([
    ['refs/heads/rota/', 'refs/heads/rota/'],
    ['refs/heads/rota', 'refs/heads/rota/'],
    ['refs/heads/tools/rota.1', 'refs/heads/tools/rota.1/'],
    ['refs/our-rota', 'refs/our-rota/'],
    ['refs/rota/', 'refs/rota/'],
    ['refs/heads/main-rota', 'refs/heads/main-rota/'],
  ])('refs-prefix %s', (text, prefix) => {
    expect(configOf(`gate: none\nrefs-prefix: ${text}\n`).refsPrefix).toBe(prefix);
  });

  it.each(
    [
      ['5', 'expected the beginning of full ref names'],
      ...['rota/', 'refs/', '/refs/heads/rota', 'refs//rota', 'refs/heads', 'refs/heads/'].map((text) => [
        text,
      ]),
      ...['refs/heads/ai', 'refs/heads/ai/rota/', 'refs/heads/AI/rota', 'refs/tags/rota', 'refs/remotes/x'],
      ...['refs/pull/1', 'refs/merge-requests/x', 'refs/for/main', 'refs/replace/', 'refs/heads/rota.lock/'],
      ...['refs/heads/.rota', 'refs/heads/a..b', '"refs/heads/a b"', '"refs/heads/*"', '"refs/heads/a\\n"'],
      ...['refs/heads/ro~ta', 'refs/heads/rota//', 'refs/heads/rota.', `refs/heads/${'x'.repeat(100)}`],
    ].map((entry) => (typeof entry === 'string' ? [entry] : entry)),
  )('refuses refs-prefix %s', (text, message = 'expected the beginning of full ref names') => {
    expect(problemsOf(`gate: none\nrefs-prefix: ${text}\n`)).toEqual([
      expect.stringMatching(new RegExp(`^2 wrong-value: .*${message}`)),
    ]);
  });

  it.each([
    ['branch: rota', 'refs/heads/rota/ and the branch rota cannot both be there'],
    ['branch: Rota', 'refs/heads/rota/ and the branch Rota cannot both be there'],
    ['branch: rota/tasks/A1', 'cannot both be there'],
    ['remote: none', 'and there is `remote: none`; take it out'],
  ])('refuses refs-prefix beside %s', (line, message) => {
    const problems = problemsOf(`gate: none\n${line}\nrefs-prefix: refs/heads/rota/\n`);
    expect(problems).toEqual([expect.stringMatching(/^3 wrong-value: /)]);
    expect(problems[0]).toContain(message);
  });

  it('refuses a refs-prefix below main, and takes one that only begins like it', () => {
    const clash = 'gate: none\nbranch: rota/main\nrefs-prefix: refs/heads/rota/main\n';
    expect(problemsOf(clash)).toEqual([expect.stringContaining('cannot both be there')]);
    const beside = 'gate: none\nbranch: rotary\nrefs-prefix: refs/heads/rota\n';
    expect(configOf(beside).refsPrefix).toBe('refs/heads/rota/');
  });

  it.each(['', '# nothing\n', 'branch: main\n', 'gate: []\n'])('fails closed without a gate: %j', (text) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(/^1 no-gate: .*`gate: none`/)]);
  });

  it.each([
    ['brnach: x', 'unknown key `brnach`; the nearest known key is `branch`'],
    ['worktree: x', 'unknown key `worktree`; the nearest known key is `worktrees`'],
    ['Setup: []', 'unknown key `Setup`; the nearest known key is `setup`'],
    ['zzzzzzzz: 1', 'unknown key `zzzzzzzz`; expected one of branch, remote, integrate,'],
    ['__proto__: {workers: 9}', 'unknown key `__proto__`'],
    ['constructor: 1', 'unknown key `constructor`'],
    ['proof: [{run: "x {files} {report}", fils: []}]', 'unknown key `fils` in `proof` entry 1'],
    ['limits: {line: 1}', 'unknown key `line` in `limits`; the nearest known key is `lines`'],
    ['secrets: {alow: []}', 'unknown key `alow` in `secrets`; the nearest known key is `allow`'],
    [
      'agents: {a: {comand: [x], command: [x]}}',
      'unknown key `comand` in `agents.a`; the nearest known key is `command`',
    ],
  ])('refuses the unknown key of %s', (text, message) => {
    expect(problemsOf(`gate: none\n${text}\n`)).toEqual([
      expect.stringContaining(`2 unknown-key: ${message}`),
    ]);
  });

  it('finds unknown keys inside a gate entry, with their line', () => {
    const problems = problemsOf('gate:\n  - npm test\n  - run: x\n    timelimit: 5m\n');
    expect(problems).toEqual([
      '4 unknown-key: unknown key `timelimit` in `gate` entry 2; the nearest known key is `time-limit`',
    ]);
  });

  it.each([
    ['agents: {a: {command: [x], isolation: bwrap}}', '`isolation:` is not built yet'],
    ['max-workers: 3', '`max-workers:` is not built yet'],
  ])('refuses %s by name, and says it once', (text, message) => {
    expect(problemsOf(`gate: none\n${text}\n`)).toEqual([expect.stringContaining(`2 not-built: ${message}`)]);
  });

  it('reads where a gate command reports, whether it has a second try, and what it is for', () => {
    const text = [
      'gate:',
      '  - {run: "vitest run --outputFile={report}", report: vitest, retry: 1, when: [apps/web/**, "!**/*.md"]}',
      '  - {run: [make, test], report: out/junit.xml, retry: 0}',
      '  - {run: "go test -json ./... > {report}", report: go}',
    ].join('\n');
    const { gate } = configOf(text);
    expect(gate).toEqual([
      {
        ...{ run: 'vitest run --outputFile={report}', timeLimit: 1_800_000, env: [] },
        ...{ report: { format: 'vitest', path: null }, retry: true, when: ['apps/web/**', '!**/*.md'] },
      },
      {
        ...{ run: ['make', 'test'], timeLimit: 1_800_000, env: [] },
        ...{ report: { format: null, path: 'out/junit.xml' }, retry: false, when: null },
      },
      expect.objectContaining({ report: { format: 'go', path: null } }),
    ]);
  });

  it.each([
    ['report: xml', '`gate` entry 1 `report` is "xml"; expected junit, vitest'],
    ['report: ../junit.xml', 'expected junit, vitest'],
    ['report: /tmp/junit.xml', 'expected junit, vitest'],
    ['report: .git/junit.xml', 'expected junit, vitest'],
    ['retry: 2', 'expected a whole number from 0 to 1'],
    ['retry: true', 'expected a whole number from 0 to 1'],
    ['when: src/**', 'expected a list'],
    ['when: []', 'expected a list of globs, at least one without'],
    ['when: ["!docs/**"]', 'expected a list of globs, at least one without'],
    ['when: [../x/**]', 'expected a glob inside the repository'],
    ['wen: [x]', 'unknown key `wen`'],
  ])('names what is wrong with %s of a gate entry', (text, message) => {
    const problems = problemsOf(`gate:\n  - run: npm test\n    ${text}\n`);
    expect(problems).toEqual([expect.stringMatching(/^3 /)]);
    expect(problems[0]).toContain(message.replace('`gate` entry 1 `report`', ''));
  });

  it.each([
    ['- pytest --junitxml={report}', 'does not say its format'],
    ['- {run: [pytest, "--junitxml={report}"]}', 'does not say its format'],
    ['- {run: "pytest --junitxml={report}", report: out/junit.xml}', 'is out/junit.xml'],
  ])('refuses {report} without a format: %s', (entry, message) => {
    expect(problemsOf(`gate:\n  ${entry}\n`)).toEqual([
      expect.stringContaining(
        `2 wrong-value: {report} in gate entry 1 is given no file, because \`report\` ${message}`,
      ),
    ]);
  });

  it.each([
    [
      '{preset: claude, args: [--max-turns, "50"]}',
      { kind: 'preset', preset: 'claude', args: ['--max-turns', '50'] },
    ],
    ['{preset: pi}', { kind: 'preset', preset: 'pi', args: [] }],
    ['{command: [x]}', { kind: 'command', command: ['x'], prompt: 'stdin' }],
    ['{acp: [gemini, --acp]}', { kind: 'acp', command: ['gemini', '--acp'], mode: null }],
    ['{acp: [codex-acp], mode: full}', { kind: 'acp', command: ['codex-acp'], mode: 'full' }],
    [
      '{acp: [x], login: [~/.config/x/, .x.json]}',
      { kind: 'acp', command: ['x'], mode: null, login: ['.config/x', '.x.json'] },
    ],
    ['{command: [x], login: [.x]}', { kind: 'command', command: ['x'], prompt: 'stdin', login: ['.x'] }],
  ])('reads the agent %s', (text, agent) => {
    expect(configOf(`gate: none\nagents: {a: ${text}}\n`).agents).toEqual({ a: agent });
  });

  it.each([
    '{}',
    '{preset: claude, command: [x]}',
    '{command: [x], acp: [y]}',
    '{command: [x], args: [y]}',
    '{preset: pi, prompt: stdin}',
    '{acp: [x], prompt: stdin}',
    '{command: [x], mode: full}',
    '{preset: pi, login: [.x]}',
  ])('refuses the agent %s, which is of no kind or of two', (text) => {
    expect(problemsOf(`gate: none\nagents: {a: ${text}}\n`)).toEqual([
      expect.stringContaining('expected one of `preset: claude`, `command: [node, tools/agent.mjs]` or'),
    ]);
  });

  it.each(['/etc/passwd', '../x', '~/../x', '~', '~/', '""', 'a/./b', '"a\\nb"', '3'])(
    'refuses to copy %s from HOME as a login',
    (path) => {
      expect(problemsOf(`gate: none\nagents: {a: {command: [x], login: [${path}]}}\n`)).toEqual([
        expect.stringContaining('expected a path below HOME, e.g. ~/.config/goose/config.yaml'),
      ]);
    },
  );

  it.each([
    ['branch: [a]', '`branch` is a list; expected the short name'],
    ['branch: refs/heads/main', 'expected the short name of the main branch'],
    ['branch: -rf', 'expected the short name'],
    ['branch: a..b', 'expected the short name'],
    ['branch: HEAD', 'expected the short name'],
    ['branch: ai/x', 'not below ai/'],
    ['branch: x.lock', 'expected the short name'],
    ['branch: "a b"', 'expected the short name'],
    ['remote:', '`remote` is empty; expected the name of a git remote, e.g. origin, or `none`'],
    ['remote: --upload-pack=x', 'expected the name of a git remote'],
    ['remote: https://example.org/x', 'expected the name of a git remote'],
    ['integrate: rebase', '`integrate` is "rebase"; expected merge or pr'],
    [
      'proof: red',
      '`proof` is "red"; expected a map such as {run: "pytest {files} --junitxml={report}"}, or a',
    ],
    [
      'proof: {run: pytest}',
      '`proof.run` is "pytest"; expected a command with {files} (or {packages}) and {report}',
    ],
    ['proof: {run: "x {files}"}', 'expected a command with {files}'],
    ['proof: {run: "x {files} {packages} {report}"}', 'expected a command with {files}'],
    ['proof: {run: [x, "--files={files}", "{report}"]}', 'expected a command with {files}'],
    ['proof: {run: [x, "{files}", "{report}"], report: xml}', '`proof.report` is "xml"; expected junit,'],
    ['setup: npm ci', '`setup` is "npm ci"; expected a list of commands'],
    ['setup: [5]', '`setup` entry 1 is 5; expected a command'],
    ['setup: [""]', '`setup` entry 1 is ""; expected a command'],
    ['copy: [../secrets]', '`copy` entry 1 is "../secrets"; expected a path inside the repository'],
    ['copy: [/etc]', 'expected a path inside the repository'],
    ['copy: [a/.git]', 'expected a path inside the repository'],
    ['disposable: ["C:/x"]', 'expected a path inside the repository'],
    ['pull-request: yes', '`pull-request` is "yes"; expected a map such as {labels: [rota], draft: true}'],
    ['pull-request: {labels: ["a\\nb"]}', 'expected a label'],
    ['pull-request: {reviewers: [-x]}', 'expected a login such as mike, or a team such as acme/backend'],
    ['pull-request: {reviewers: [a/b/c]}', 'expected a login'],
    ['pull-request: {draft: maybe}', 'expected true or false'],
    ['pull-request: {max-open: 0}', 'expected a whole number from 1 to 1000'],
    ['pull-request: {forge: github}', 'expected auto, gh, push-options or link'],
    ['context: ["a\\\\b"]', 'expected a path inside the repository'],
    ['env: [GIT_DIR]', '`env` entry 1 is "GIT_DIR"; expected the name of an environment variable'],
    ['env: [ROTA_RUN]', 'never one of GIT_* or ROTA_*'],
    ['env: [path]', 'environment variable in capitals'],
    ['env: KEY', '`env` is "KEY"; expected a list'],
    ['agents: [claude]', '`agents` is a list; expected a map of names to agents'],
    ['agents: {a: claude}', '`agents.a` is "claude"; expected a map such as {preset: claude}, {command:'],
    ['agents: {a: {command: claude -p}}', '`agents.a.command` is "claude -p"; expected a list of program'],
    ['agents: {a: {command: []}}', '`agents.a.command` is an empty list'],
    ['agents: {a: {command: [x, 50]}}', '`agents.a.command` entry 2 is 50; expected text; write numbers'],
    [
      'agents: {a: {prompt: stdin}}',
      'expected one of `preset: claude`, `command: [node, tools/agent.mjs]` or',
    ],
    ['agents: {a: {command: [x], prompt: tty}}', '`agents.a.prompt` is "tty"; expected stdin, arg or file'],
    ['agents: {"../a": {command: [x]}}', 'the agent name "../a" is not allowed'],
    ['workers: 0', '`workers` is 0; expected a whole number from 1 to 64'],
    ['workers: 1.5', 'expected a whole number from 1 to 64'],
    ['workers: two', '`workers` is "two"'],
    ['worktrees: ..', 'expected a folder inside the repository'],
    ['worktrees: backlog/x', 'expected a folder inside the repository'],
    ['worktrees: .git/x', 'expected a folder inside the repository'],
    ['publish: false', '`publish` is false; expected claim or off'],
    ['schedule: 1h', '`schedule` is "1h"; expected'],
    ['requires-rota: latest', 'expected a least version of rota'],
    ['requires-rota: 1', 'expected a least version of rota'],
    ['schedule: {developer: often}', '`schedule.developer` is "often"; expected how often'],
    ['schedule: {developer: 30s}', 'expected how often, e.g. `every 20m`'],
    ['schedule: {pm: "61 * * * *"}', 'expected how often'],
    ['schedule: {time-zone: Mars/Olympus}', 'expected a time zone such as Europe/Berlin'],
    ['schedule: {pm: {at: 1h, agent: "A B"}}', 'expected'],
    ['prefix: a', '`prefix` is "a"; expected capital letters'],
    ['prefix: A1', 'expected capital letters'],
  ])('says line, what is wrong and what was expected: %s', (text, message) => {
    const problems = problemsOf(`gate: none\n${text}\n`);
    expect(problems).toEqual([expect.stringContaining(message)]);
    expect(problems[0]).toMatch(/^2 (wrong-value|missing-key): /);
  });

  it.each([
    ['gate: npm test', '`gate` is "npm test"; expected a list of commands, or `none` to opt out'],
    ['gate:', '`gate` is empty; expected a list of commands'],
    ['gate: true', '`gate` is true'],
    ['gate: [""]', '`gate` entry 1 is ""; expected a command'],
    ['gate: [[]]', '`gate` entry 1 is an empty list'],
    ['gate: [[npm, 5]]', '`gate` entry 1 entry 2 is 5; expected text'],
    ['gate: [{}]', '`gate` entry 1, `run` is missing; expected a command'],
    [
      'gate: [{run: x, time-limit: 30}]',
      '`gate` entry 1, `time-limit` is 30; expected a duration such as 30m',
    ],
    ['gate: [{run: x, time-limit: 0m}]', 'expected a duration'],
    ['gate: [{run: x, env: [GIT_DIR]}]', '`gate` entry 1, `env` entry 1 is "GIT_DIR"'],
  ])('is exact about the gate: %s', (text, message) => {
    expect(problemsOf(`${text}\n`)).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    ['remote: none', '`integrate: pr` needs a remote'],
    ['publish: claim', '`publish: claim` would show locks on main'],
  ])('integrate: pr is not possible beside %s', (text, message) => {
    expect(problemsOf(`gate: none\nintegrate: pr\n${text}\n`)).toEqual([
      expect.stringContaining(`3 wrong-value: ${message}`),
    ]);
  });

  it.each([
    ['{tokens: 500k}', [{ tokens: 500_000, usd: null, per: 'day' }]],
    ['{tokens: 1.5M, per: run}', [{ tokens: 1_500_000, usd: null, per: 'run' }]],
    ['{tokens: 1200000}', [{ tokens: 1_200_000, usd: null, per: 'day' }]],
    ['{usd: 0.25, per: task}', [{ tokens: null, usd: 0.25, per: 'task' }]],
    [
      '[{usd: 10}, {tokens: 2 m, per: run}]',
      [
        { tokens: null, usd: 10, per: 'day' },
        { tokens: 2_000_000, usd: null, per: 'run' },
      ],
    ],
    ['[]', []],
  ])('reads the budget %s', (text, budget) => {
    expect(configOf(`gate: none\nbudget: ${text}\n`).budget).toEqual(budget);
  });

  it.each([
    ['5', '`budget` is 5; expected a map such as {tokens: 2M, usd: 10, per: day}, or a list of such maps'],
    ['{}', '`budget` is a map; expected at least one of `tokens: 2M` and `usd: 10`'],
    ['{per: day}', '`budget` is a map; expected at least one of'],
    ['{tokens: 0}', '`budget.tokens` is 0; expected a count of tokens such as 500k, 2M or 1500000'],
    ['{tokens: -5k}', '`budget.tokens` is "-5k"; expected a count of tokens'],
    ['{tokens: 1.5}', '`budget.tokens` is 1.5; expected a count of tokens'],
    ['{tokens: 2T}', '`budget.tokens` is "2T"; expected a count of tokens'],
    ['{tokens: 2000G}', '`budget.tokens` is "2000G"; expected a count of tokens'],
    ['{tokens: yes}', '`budget.tokens` is "yes"; expected a count of tokens'],
    ['{usd: $10}', '`budget.usd` is "$10"; expected US dollars as a number such as 10 or 0.5'],
    ['{usd: 0}', '`budget.usd` is 0; expected US dollars'],
    ['{usd: .inf}', '`budget.usd` is ".inf"; expected US dollars'],
    ['{usd: .nan}', '`budget.usd` is ".nan"; expected US dollars'],
    ['{usd: 10, per: week}', '`budget.per` is "week"; expected run, task or day'],
    ['{usd: 10, dollars: 9}', 'unknown key `dollars` in `budget`; expected one of tokens, usd, per'],
    ['{usd: 10, token: 9}', 'unknown key `token` in `budget`; the nearest known key is `tokens`'],
    ['[{usd: 10}, {per: run}]', '`budget` entry 2 is a map; expected at least one of'],
    ['[{usd: 10, per: month}]', '`budget` entry 1, `per` is "month"; expected run, task or day'],
  ])('refuses the budget %s', (text, message) => {
    expect(problemsOf(`gate: none\nbudget: ${text}\n`)).toEqual([expect.stringContaining(message)]);
  });

  it('integrate: pr shows no locks on main', () => {
    expect(configOf('gate: none\nintegrate: pr\n')).toMatchObject({ integrate: 'pr', publish: 'off' });
    expect(configOf('gate: none\nintegrate: pr\npublish: off\n').publish).toBe('off');
  });

  it('names the nearest key of a map', () => {
    expect(problemsOf('gate: none\npull-request: {lables: [a]}\n')).toEqual([
      '2 unknown-key: unknown key `lables` in `pull-request`; the nearest known key is `labels`',
    ]);
  });

  it('a rota that is too old says only that: what it does not know may be right', () => {
    const problems = problemsOf('brand-new-key: 1\nrequires-rota: ">=999.1"\n');
    expect(problems).toEqual([
      expect.stringMatching(
        /^2 requires-rota: this repository requires rota 999\.1\.0 or newer, and this is \d/,
      ),
    ]);
    expect(configOf('gate: none\nrequires-rota: ">=0.0.1"\n').gate).toBe('none');
  });

  it('collects every problem, in the order of the lines', () => {
    const problems = problemsOf('workers: no\nbrnach: x\nrefs-prefix: 5\n');
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      '1 wrong-value',
      '1 no-gate',
      '2 unknown-key',
      '3 wrong-value',
    ]);
  });

  it.each([
    ['gate: none\ngate: [x]\n', /^2 yaml: /],
    ['gate: [\n', /yaml: /],
    ['\tgate: none\n', /yaml: /],
    ['- gate\n', /^1 yaml: the file is not a map/],
    ['just text\n', /^1 yaml: the file is not a map/],
    [`a: &a [x]\nb: [${'*a, '.repeat(400)}]\ngate: none\n`, /yaml: |unknown-key/],
    [`# ${'x'.repeat(300_000)}\ngate: none\n`, /^1 size: /],
  ])('never throws for a broken file (%#)', (text, message) => {
    expect(problemsOf(text)[0]).toMatch(message);
  });

  it('does not let a value write to the terminal', () => {
    expect(problemsOf('gate: none\nbranch: "\\e]0;x\\a\\e[31mred"\n').join('')).not.toMatch(
      /[\u0000-\u001f]/,
    );
  });
});
