import { type CorpusFile, problems, reads } from './corpus-file.ts';

/** Files made to be evaluated, to escape, to steer a terminal or to take forever: refused and named, or plain data. */
export const malicious: readonly CorpusFile[] = [
  problems('B201-js.md', 'code that gray-matter evaluates by default', [
    [1, 'front-matter', 'the first line must be exactly `---`: front-matter is YAML'],
  ]),
  problems('B202-javascript.md', 'the same by its long name', [
    [1, 'front-matter', 'the first line must be exactly `---`'],
  ]),
  problems('B203-json.md', 'another language: JSON', [
    [1, 'front-matter', 'the first line must be exactly `---`'],
  ]),
  problems('B204-yaml-named.md', 'a named language, with a space', [
    [1, 'front-matter', 'the first line must be exactly `---`'],
  ]),
  problems('B205-coffee.md', 'another engine', [[1, 'front-matter', 'the first line must be exactly `---`']]),
  problems('B206-js-function.md', 'a tag that js-yaml once evaluated', [
    [2, 'front-matter', 'a YAML tag (tag:yaml.org,2002:js/function) is not read'],
  ]),
  problems('B207-js-undefined.md', 'the same for undefined', [[3, 'front-matter', 'a YAML tag']]),
  problems('B208-python-tag.md', 'a tag that PyYAML evaluates', [[2, 'front-matter', 'a YAML tag']]),
  problems('B209-binary-tag.md', 'base64', [[2, 'front-matter', 'a YAML tag']]),
  problems('B210-timestamp-tag.md', 'a date by tag', [[3, 'front-matter', 'a YAML tag']]),
  problems('B211-set-tag.md', 'a set by tag', [[3, 'front-matter', 'a YAML tag']]),
  reads('B212-proto.md', 'a prototype as key: not inherited from', { title: 'a', status: 'draft' }),
  reads('B213-constructor.md', 'names of built-in members as keys', { title: 'a', status: 'draft' }),
  problems('B214-proto-lock.md', 'a lock by prototype', [[3, 'lock', '`lock` needs `by`']]),
  reads('B215-merge-key.md', 'a merge key is a key like others: nothing comes in by it', {
    title: 'a',
    status: 'draft',
  }),
  problems('B216-merge-only.md', 'a title by merge key only', [[1, 'title', '`title` is missing']]),
  problems('B217-alias-bomb.md', 'a billion laughs', [
    [2, 'front-matter', 'aliases (`*name`) repeat too much'],
  ]),
  problems('B218-alias-self.md', 'a list that holds itself', [[3, 'front-matter', '*d holds itself']]),
  problems('B219-alias-unknown.md', 'an alias of nothing', [[2, 'front-matter', 'Unresolved alias']]),
  problems('B220-id-traversal.md', 'an id that leaves the folder', [
    [2, 'id', "`id` must be an id like A32 (capital letters, then up to 6 digits), not '../../etc/passwd'"],
  ]),
  problems('B221-id-option.md', 'an id that is an option', [
    [2, 'id', "`id` must be an id like A32 (capital letters, then up to 6 digits), not '-rf'"],
  ]),
  problems('B222-id-slash.md', 'an id with a folder', [[2, 'id', '`id` must be an id']]),
  problems('B223-id-lock.md', 'an id that git refuses as ref', [[2, 'id', '`id` must be an id']]),
  problems('B224-id-newline.md', 'an id of two lines', [[2, 'id', '`id` must be an id']]),
  problems('B225-id-nul.md', 'an escaped NUL in an id', [[2, 'id', '`id` must be an id']]),
  problems('B226-nul-byte.md', 'a NUL byte', [[3, 'encoding', 'a NUL byte']]),
  problems('B227-id-rtl.md', 'an id that reads backwards', [[2, 'id', '`id` must be an id']]),
  problems('B228-id-fullwidth.md', 'full-width digits', [[2, 'id', '`id` must be an id']]),
  problems('B229-id-cyrillic.md', 'a letter that only looks like B', [[2, 'id', '`id` must be an id']]),
  problems('B230-id-arabic-digits.md', 'Arabic digits', [[2, 'id', '`id` must be an id']]),
  problems('B231-id-long.md', 'an id of 301 characters', [[2, 'id', '`id` must be an id']]),
  problems('B232-id-shell.md', 'an id that a shell runs', [[2, 'id', '`id` must be an id']]),
  problems('B233-title-escape.md', 'colours and a cleared screen by YAML escapes', [
    [2, 'title', '`title` holds control characters'],
  ]),
  problems('B234-title-raw-escape.md', 'the same as raw bytes', [
    [2, 'title', '`title` holds control characters'],
  ]),
  problems('B235-title-osc8.md', 'a link of a terminal', [[2, 'title', '`title` holds control characters']]),
  problems('B236-title-osc52.md', "the terminal's clipboard", [
    [2, 'title', '`title` holds control characters'],
  ]),
  problems('B237-title-bidi.md', 'a bidi override', [[2, 'title', '`title` holds control characters']]),
  problems('B238-title-isolate.md', 'bidi isolates', [[2, 'title', '`title` holds control characters']]),
  problems('B239-title-c1.md', 'an 8-bit control sequence', [
    [2, 'title', '`title` holds control characters'],
  ]),
  problems('B240-title-backspace.md', 'backspaces', [[2, 'title', '`title` holds control characters']]),
  problems('B241-title-cr.md', 'a carriage return that hides what was before', [
    [2, 'title', '`title` must be one line'],
  ]),
  problems('B242-title-linesep.md', 'a line separator', [[2, 'title', '`title` holds control characters']]),
  problems('B243-title-surrogate.md', 'half a character', [[2, 'title', '`title` holds control characters']]),
  problems('B244-title-trailer.md', 'a forged trailer', [[2, 'title', '`title` must be one line']]),
  reads('B245-title-shell.md', 'shell text: stays text', { title: '; rm -rf ~; $(reboot) `id` & | > x' }),
  reads('B246-title-html.md', 'HTML: stays text', { title: '<script>alert(1)</script> <img onerror=x>' }),
  reads('B247-title-regex.md', 'a pattern: stays text', { title: '(a+)+$ .* [z-a] \\1' }),
  reads('B248-title-ref.md', 'what git would read as a revision: stays text', {
    title: 'x..y~1^{}:@{u}//.lock',
  }),
  reads('B249-title-trailer-line.md', 'a title that reads like a trailer', { title: 'Gate: green' }),
  problems('B250-title-long.md', 'a title of 5,000 characters', [
    [2, 'title', '`title` has 5000 characters; at most 300'],
  ]),
  problems('B251-touches-absolute.md', 'an absolute path', [
    [3, 'touches', "`touches` must be relative to the repository's root; '/etc/passwd' is absolute"],
  ]),
  problems('B252-touches-outside.md', 'a path that leaves the repository', [
    [3, 'touches', '`touches` must stay inside the repository'],
  ]),
  problems('B253-touches-braces.md', 'the same inside braces', [
    [3, 'touches', '`touches` must stay inside the repository'],
  ]),
  problems('B254-touches-drive.md', 'a drive of Windows', [
    [3, 'touches', "`touches` must be relative to the repository's root"],
  ]),
  problems('B255-touches-unc.md', 'backslashes', [[3, 'touches', '`touches` is separated by /']]),
  problems('B256-touches-negated.md', 'a glob that excludes', [
    [3, 'touches', '`touches` only says what the task touches'],
  ]),
  problems('B257-touches-escape.md', 'control characters in a glob', [
    [3, 'touches', '`touches` holds control characters'],
  ]),
  problems('B258-touches-long.md', 'a glob of 450 characters', [
    [3, 'touches', '`touches` has a glob of more than 300 characters'],
  ]),
  reads('B259-touches-redos.md', 'globs that are slow in naive matchers: read as they are', {
    touches: [
      '*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*ab',
      '+(+(+(+(+(a)))))b',
      '{a,{a,{a,{a,{a,b}}}}}',
    ],
  }),
  problems('B260-repeat-bomb.md', 'a cron expression of 200 characters', [
    [3, 'repeat', '`repeat` must be an interval'],
  ]),
  problems('B261-repeat-never.md', 'a cron expression that never comes', [
    [3, 'repeat', '`repeat` must be an interval'],
  ]),
  problems('B262-repeat-seconds.md', 'every second', [[3, 'repeat', '`repeat` must be an interval']]),
  problems('B263-repeat-reboot.md', 'a nickname that cron runs', [
    [3, 'repeat', '`repeat` must be an interval'],
  ]),
  problems('B264-repeat-command.md', 'a line of a crontab', [[3, 'repeat', '`repeat` must be an interval']]),
  problems('B265-repeat-long.md', 'an interval of 19 million years', [
    [3, 'repeat', '`repeat` must be an interval'],
  ]),
  problems('B266-role-traversal.md', 'a role that is a path', [[3, 'role', "`role` must be a role's name"]]),
  problems('B267-lock-control.md', 'control characters in a lock', [
    [3, 'lock', '`lock` has a `by` that is not one line of text'],
  ]),
  problems('B268-lock-nested.md', 'a map in a lock', [
    [3, 'lock', '`lock` has a `by` that is not one line of text'],
  ]),
  reads('B269-lock-forged-run.md', 'a lock block of a run that never was: shown, never needed', {
    lock: { run: '01M7Y28SYYEXQCHHXRSB3253S7', role: null, by: 'nobody@nowhere', since: null, branch: null },
  }),
  problems('B270-key-escape.md', 'control characters in keys', [
    [3, 'unknown-key', 'unknown key `priority` with control characters'],
    [4, 'unknown-key', 'unknown key `titl` with control characters; did you mean `title`?'],
  ]),
  problems('B271-bad-message-escape.md', 'control characters in a wrong value: not in the message', [
    [3, 'status', "`status` must be one of draft, ready, done, blocked, dropped, not 'redy'"],
  ]),
  reads('B272-body-fence.md', 'a Log inside fenced code', { title: 'a' }),
  reads('B273-body-front-matter.md', 'a second front-matter in the body', { title: 'a', status: 'draft' }),
  reads('B274-body-conflict.md', 'conflict markers in the body', { title: 'a' }),
  reads('B275-body-comment.md', 'HTML comments round a Log', { title: 'a' }),
  problems('B276-bomb-of-keys.md', 'a map of 1,100 keys on one line', [
    [2, 'front-matter', 'the front-matter has more than 2000'],
  ]),
  reads('B277-yaml-include.md', 'template text: stays text', {
    title: '!include /etc/passwd $HOME {{secrets.x}} <%= x %>',
  }),
];
