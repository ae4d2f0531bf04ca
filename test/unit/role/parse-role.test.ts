import { describe, expect, it } from 'vitest';
import type { Config } from '../../../src/config.ts';
import { agentOf } from '../../../src/role/agent-of.ts';
import { checkRoles } from '../../../src/role/check-roles.ts';
import { parseConfig } from '../../../src/role/parse-config.ts';
import { parseRole } from '../../../src/role/parse-role.ts';
import type { Role } from '../../../src/role/role.ts';

const file = 'roles/developer.md';
const withKeys = (keys: string, body = 'Do the work.') => `---\nrole: developer\n${keys}---\n${body}\n`;

function roleOf(text: string, path = file): Role {
  const parsed = parseRole(path, text);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.role;
}

function problemsOf(text: string, path = file): string[] {
  const parsed = parseRole(path, text);
  if (!('problems' in parsed)) throw new Error(`no problem in ${text}`);
  return parsed.problems.map(({ line, rule, message }) => `${line} ${rule}: ${message}`);
}

function configOf(text: string): Config {
  const parsed = parseConfig(text);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config;
}

describe('parseRole', () => {
  it('fills in every default', () => {
    expect(roleOf(withKeys(''))).toEqual({
      name: 'developer',
      file,
      takes: { type: [] },
      agent: null,
      mayEdit: ['**', '!backlog/**', '!roles/**', '!rota.yaml'],
      maySet: [],
      mayAddTasks: false,
      mayDeleteTests: false,
      check: null,
      timeLimit: 3_600_000,
      stallLimit: 600_000,
      fixes: 2,
      attempts: 3,
      maxWorkers: null,
      limits: {},
      proof: {},
      result: null,
      isolation: 'none',
      budget: [],
      prompt: 'Do the work.',
    });
  });

  it('reads every key, enumerations in any case, CRLF and a byte order mark', () => {
    const text = withKeys(
      [
        'takes: {type: [Feature, BUG, bug]}',
        'agent: claude',
        'may-edit: [src/**, "!src/generated/**"]',
        'may-set: [priority, Body]',
        'may-add-tasks: true',
        'may-delete-tests: true',
        'check: npm test -- --changed',
        'time-limit: 90m',
        'stall-limit: 30s',
        'fixes: 0',
        'attempts: 1',
        'max-workers: 4',
        'limits: {files: 3, lines: 40, file-size: 2MiB}',
        'proof: {bug: red-green}',
        'result: required',
        'isolation: none',
        'budget: [{tokens: 500k, per: run}, {usd: 0.5, per: task}]',
        '',
      ].join('\n'),
      'Line one of {{id}}.\n\nLine two.',
    );
    expect(roleOf(`\ufeff${text.replaceAll('\n', '\r\n')}`)).toEqual({
      name: 'developer',
      file,
      takes: { type: ['feature', 'bug'] },
      agent: 'claude',
      mayEdit: ['src/**', '!src/generated/**'],
      maySet: ['priority', 'body'],
      mayAddTasks: true,
      mayDeleteTests: true,
      check: 'npm test -- --changed',
      timeLimit: 5_400_000,
      stallLimit: 30_000,
      fixes: 0,
      attempts: 1,
      maxWorkers: 4,
      limits: { files: 3, lines: 40, fileSize: 2_097_152 },
      proof: { bug: 'red-green' },
      result: 'required',
      isolation: 'none',
      budget: [
        { tokens: 500_000, usd: null, per: 'run' },
        { tokens: null, usd: 0.5, per: 'task' },
      ],
      prompt: 'Line one of {{id}}.\n\nLine two.',
    });
  });

  it.each([
    ['isolation: vm', '3 wrong-value: `isolation` is "vm"; expected one of none, bwrap, clone, container'],
    ['may_edit: []', '3 unknown-key: unknown key `may_edit`; the nearest known key is `may-edit`'],
    ['atempts: 2', '3 unknown-key: unknown key `atempts`; the nearest known key is `attempts`'],
    ['takes: [bug]', '3 wrong-value: `takes` is a list; expected a map such as {type: [feature, bug]}'],
    ['takes: {type: [bug], types: [bug]}', 'unknown key `types` in `takes`; the nearest known key is `type`'],
    ['takes: {}', '3 missing-key: `takes.type` is missing; expected a list'],
    ['takes: {type: [story]}', '`takes.type` entry 1 is "story"; expected one of feature, bug'],
    ['takes: {type: [epic]}', '`takes.type` entry 1 is "epic"; expected one of feature, bug'],
    ['agent: "../x"', '`agent` is "../x"; expected a name from rota.yaml\'s agents'],
    ['may-edit: "**"', '`may-edit` is "**"; expected a list'],
    ['may-edit: [../x]', '`may-edit` entry 1 is "../x"; expected a glob inside the repository'],
    ['may-edit: ["!/etc"]', 'expected a glob inside the repository'],
    ['may-set: [lock]', '`may-set` entry 1 is "lock"; expected one of title,'],
    ['may-set: [id]', 'id, lock and status are never'],
    ['may-set: [status]', 'id, lock and status are never'],
    ['may-add-tasks: yes', '`may-add-tasks` is "yes"; expected true or false'],
    ['check: [npm, test]', '`check` is a list; expected a command on one line'],
    ['time-limit: 60', '`time-limit` is 60; expected a duration such as 60m'],
    ['stall-limit: soon', '`stall-limit` is "soon"; expected a duration such as 10m'],
    ['fixes: -1', '`fixes` is -1; expected a whole number from 0 to 20'],
    ['attempts: 0', '`attempts` is 0; expected a whole number from 1 to 20'],
    ['limits: {files: 0}', '`limits.files` is 0; expected a whole number from 1 to 1000000'],
    ['limits: {file: 9}', 'unknown key `file` in `limits`; the nearest known key is `files`'],
    ['limits: {file-size: huge}', '`limits.file-size` is "huge"; expected a size such as 500KB'],
    ['proof: red-green', '`proof` is "red-green"; expected a map such as {bug: red-green}'],
    ['proof: {bug: green}', '`proof.bug` is "green"; expected red-green'],
    ['proof: {bugs: red-green}', 'unknown key `bugs` in `proof`; the nearest known key is `bug`'],
    ['proof: {epic: red-green}', 'unknown key `epic` in `proof`'],
    ['result: maybe', '`result` is "maybe"; expected required or optional'],
  ])('says line, what is wrong and what was expected: %s', (key, message) => {
    const problems = problemsOf(withKeys(`${key}\n`));
    expect(problems).toEqual([expect.stringContaining(message)]);
    expect(problems[0]).toMatch(/^3 /);
  });

  it('wants the name of the file', () => {
    expect(problemsOf(withKeys(''), 'roles/tester.md')).toEqual([
      '2 role-name: the role is named "developer" in a file named tester.md; expected the same name',
    ]);
    expect(problemsOf('---\nagent: x\n---\nText.\n')).toEqual([
      expect.stringContaining('2 missing-key: `role` is missing; expected a name of small letters'),
    ]);
    expect(problemsOf('---\nrole: ../x\n---\nText.\n', 'roles/../x.md')[0]).toContain(
      'expected a name of small',
    );
  });

  it.each([
    ['Text only.\n', '1 front-matter: the file has no front-matter'],
    ['---\nrole: developer\n', '1 front-matter: the front-matter has no closing'],
    ['---js\nprocess.exit(1)\n---\nx\n', '1 front-matter: the first line must be exactly `---`'],
    ['---\nrole: developer\nrole: developer\n---\nx\n', '3 front-matter: '],
    ['---\nrole: developer\n---\n\n', 'empty-prompt: the file has no text after the front-matter'],
  ])('names what is broken: %j', (text, message) => {
    expect(problemsOf(text).join('\n')).toContain(message);
  });

  it('finds unknown placeholders, with their line in the file', () => {
    expect(problemsOf(withKeys('', '\nTask {{id}}.\nBody {{ bodi }} and {{title}}.'))).toEqual([
      expect.stringMatching(
        /^6 unknown-placeholder: unknown placeholder \{\{bodi\}\}.*expected one of \{\{role\}\}/,
      ),
      expect.stringMatching(/^6 unknown-placeholder: unknown placeholder \{\{title\}\}/),
    ]);
  });
});

describe('checkRoles and agentOf', () => {
  const two = configOf('gate: none\nagents: {claude: {command: [claude]}, mine: {command: [mine]}}\n');
  const one = configOf('gate: none\nagents: {mine: {command: [mine]}}\n');
  const none = configOf('gate: none\n');
  const sweeper = (keys: string) => roleOf(`---\nrole: sweeper\n${keys}---\nx\n`, 'roles/sweeper.md');

  it('takes the agent that the role names, else the only one', () => {
    expect(agentOf(roleOf(withKeys('agent: claude\n')), two)).toEqual({
      name: 'claude',
      agent: { kind: 'command', command: ['claude'], prompt: 'stdin' },
      result: 'optional',
    });
    expect(agentOf(roleOf(withKeys('result: required\n')), one)).toMatchObject({
      name: 'mine',
      result: 'required',
    });
    expect(agentOf(roleOf(withKeys('')), two)).toBeNull();
    expect(agentOf(roleOf(withKeys('agent: constructor\n')), two)).toBeNull();
    expect(checkRoles([roleOf(withKeys('agent: claude\n')), sweeper('')], two)).toEqual([]);
  });

  it.each([
    ['agent: claud\n', two, 'unknown-agent', 'the agent "claud" is not in rota.yaml; the nearest is claude'],
    ['agent: constructor\n', one, 'unknown-agent', 'expected one of mine'],
    ['agent: claude\n', none, 'unknown-agent', 'which has no `agents:`'],
    ['', two, 'no-agent', 'expected `agent:` with one of claude, mine'],
    ['', none, 'no-agent', 'expected at least one'],
    ['isolation: container\n', one, 'no-image', '`isolation: container` needs an image'],
  ])('refuses %j', (keys, config, rule, message) => {
    const problems = checkRoles([roleOf(withKeys(keys))], config, () => 7);
    expect(problems).toEqual([{ file, line: 7, rule, message: expect.stringContaining(message) }]);
  });

  it('wants a sweeper without agent and types', () => {
    const role = sweeper('agent: claude\ntakes: {type: [bug]}\n');
    expect(checkRoles([role], two).map(({ rule }) => rule)).toEqual(['sweeper-agent', 'sweeper-takes']);
    expect(agentOf(role, two)).toBeNull();
  });
});
