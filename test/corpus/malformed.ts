import { type CorpusFile, problems } from './corpus-file.ts';

/** Files with slips that people and other tools make: each slip is named with its line. */
export const malformed: readonly CorpusFile[] = [
  problems('A101-unclosed.md', 'the front-matter is never closed', [
    [1, 'front-matter', 'the front-matter has no closing `---` line'],
  ]),
  problems('A102-dots-close.md', 'closed with `...`, as YAML and pandoc allow', [
    [1, 'front-matter', 'the front-matter has no closing `---` line'],
  ]),
  problems('A103-empty.md', 'nothing in it', [
    [1, 'front-matter', 'no front-matter; a task file starts with'],
  ]),
  problems('A104-only-newline.md', 'one line break', [[1, 'front-matter', 'no front-matter']]),
  problems('A105-only-dashes.md', 'a line of dashes without a line break', [
    [1, 'front-matter', 'the front-matter has no closing'],
  ]),
  problems('A106-no-front-matter.md', 'markdown only, and a name that starts with an id', [
    [1, 'front-matter', 'no front-matter'],
  ]),
  problems('A107-blank-line-first.md', 'a blank line before the front-matter', [
    [1, 'front-matter', 'no front-matter'],
  ]),
  problems('A108-indented-dashes.md', 'dashes that are indented', [[1, 'front-matter', 'no front-matter']]),
  problems('A109-four-dashes.md', 'four dashes', [[1, 'front-matter', 'no front-matter']]),
  problems('A110-plus-toml.md', 'TOML front-matter', [[1, 'front-matter', 'no front-matter']]),
  problems('A111-semicolons-json.md', 'JSON front-matter', [[1, 'front-matter', 'no front-matter']]),
  problems('A112-empty-front-matter.md', 'no keys', [[1, 'title', '`title` is missing']]),
  problems('A113-comments-only.md', 'comments only', [[1, 'title', '`title` is missing']]),
  problems('A114-no-title.md', 'no title', [[1, 'title', '`title` is missing']]),
  problems('A115-null-title.md', 'a title of nothing', [[3, 'title', '`title` is missing']]),
  problems('A116-blank-title.md', 'a title of spaces', [[2, 'title', '`title` is empty']]),
  problems('A117-two-line-title.md', 'a title of two lines', [[2, 'title', '`title` must be one line']]),
  problems('A118-list-title.md', 'a list as title', [[2, 'title', '`title` must be text, not a list']]),
  problems('A119-map-title.md', 'a map as title', [[2, 'title', '`title` must be text, not a map']]),
  problems('A120-true-title.md', 'a boolean as title', [[2, 'title', '`title` must be text, not a boolean']]),
  problems('A121-colon-title.md', 'an unquoted colon', [
    [2, 'front-matter', 'not one `key: value` a line; a value that holds `: ` needs quotes'],
  ]),
  problems('A122-duplicate-key.md', 'a key twice', [[4, 'front-matter', '`status` is there twice']]),
  problems('A123-duplicate-nested.md', 'a key twice inside a map', [
    [3, 'front-matter', '`by` is there twice'],
  ]),
  problems('A124-duplicate-quoted.md', 'a key twice, once in quotes', [
    [3, 'front-matter', '`"title"` is there twice'],
  ]),
  problems('A125-tab-indent.md', 'a tab as indentation', [[4, 'front-matter', 'a tab cannot indent YAML']]),
  problems('A126-open-bracket.md', 'a bracket that is not closed', [
    [3, 'front-matter', 'a `[` is not closed'],
  ]),
  problems('A127-open-brace.md', 'a brace that is not closed', [[3, 'front-matter', 'a `{` is not closed']]),
  problems('A128-open-quote.md', 'a quote that is not closed', [
    [2, 'front-matter', 'a quote is not closed'],
  ]),
  problems('A129-two-documents.md', 'a second YAML document', [
    [4, 'front-matter', 'a second YAML document begins here'],
  ]),
  problems('A130-dashes-inside.md', 'a line of dashes and text', [
    [3, 'front-matter', 'a line of the front-matter starts with `---`'],
  ]),
  problems('A131-long-dashes-inside.md', 'a rule of dashes', [
    [3, 'front-matter', 'a line of the front-matter starts with `---`'],
  ]),
  problems('A132-list-root.md', 'a list instead of keys', [
    [2, 'front-matter', 'front-matter must be `key: value` lines'],
  ]),
  problems('A133-text-root.md', 'text instead of keys', [
    [2, 'front-matter', 'front-matter must be `key: value` lines'],
  ]),
  problems('A134-bad-status.md', 'a slip in a status', [
    [
      3,
      'status',
      "`status` must be one of draft, ready, done, blocked, dropped, not 'redy'; did you mean ready?",
    ],
  ]),
  problems('A135-in-progress.md', 'a status of other tools', [[3, 'status', '`status` must be one of']]),
  problems('A136-bool-status.md', 'a boolean as status', [[3, 'status', '`status` must be one of']]),
  problems('A137-list-status.md', 'a list as status', [
    [3, 'status', '`status` must be one of draft, ready, done, blocked, dropped, not a list'],
  ]),
  problems('A138-number-priority.md', 'a number as priority', [
    [3, 'priority', "`priority` must be one of high, medium, low, not '1'"],
  ]),
  problems('A139-bad-type.md', 'a type of other tools', [[3, 'type', '`type` must be one of']]),
  problems('A140-unknown-key.md', 'a slip in a key', [
    [3, 'unknown-key', 'unknown key `prioirty`; did you mean `priority`?'],
  ]),
  problems('A141-key-case.md', 'keys in another case', [
    [2, 'unknown-key', 'unknown key `Title`; did you mean `title`?'],
    [4, 'unknown-key', 'unknown key `Status`'],
  ]),
  problems('A142-underscore-key.md', 'an underscore for a dash', [
    [3, 'unknown-key', 'unknown key `not_before`; did you mean `not-before`?'],
  ]),
  problems('A143-order-text.md', 'text as order', [[3, 'order', "`order` must be a number, not 'first'"]]),
  problems('A144-order-infinite.md', 'infinity as order', [[3, 'order', '`order` must be a number']]),
  problems('A145-order-nan.md', 'no number as order', [[3, 'order', '`order` must be a number']]),
  problems('A146-order-huge.md', 'an order beyond any use', [[3, 'order', '`order` must be a number']]),
  problems('A147-order-hex.md', 'a hexadecimal order', [
    [3, 'order', "`order` must be a number, not '0x10'"],
  ]),
  problems('A148-no-such-day.md', 'a day that no calendar has', [
    [3, 'not-before', '`not-before` must be a date like'],
  ]),
  problems('A149-us-date.md', 'a date of another order', [
    [3, 'not-before', '`not-before` must be a date like'],
  ]),
  problems('A150-depends-nested.md', 'a list in a list', [
    [5, 'depends', '`depends` must be a list of ids like [A30, A31]; a list is not an id'],
  ]),
  problems('A151-depends-words.md', 'words for an id, named on their line', [
    [5, 'depends', "`depends` must be a list of ids like [A30, A31]; 'the other one' is not an id"],
  ]),
  problems('A152-depends-commas.md', 'ids without brackets', [
    [3, 'depends', '`depends` must be a list of ids'],
  ]),
  problems('A153-depends-map.md', 'a map of ids', [[3, 'depends', '`depends` must be a list of ids']]),
  problems('A154-depends-null-item.md', 'an empty entry', [
    [5, 'depends', '`depends` must be a list of ids'],
  ]),
  problems('A155-touches-number-map.md', 'a map as glob', [
    [3, 'touches', '`touches` must be a list of globs, not a map'],
  ]),
  problems('A156-touches-empty.md', 'an empty glob', [[3, 'touches', '`touches` has an empty glob']]),
  problems('A157-repeat-words.md', 'words as repeat', [[3, 'repeat', '`repeat` must be an interval']]),
  problems('A158-repeat-number.md', 'a number without a unit', [
    [3, 'repeat', '`repeat` must be an interval'],
  ]),
  problems('A159-repeat-zero.md', 'an interval of nothing', [
    [3, 'repeat', '`repeat` must be an interval of a minute or more'],
  ]),
  problems('A160-lock-list.md', 'a list as lock', [
    [3, 'lock', '`lock` must be a name or a map like {by: mike}'],
  ]),
  problems('A161-lock-empty-map.md', 'a lock of nobody', [[3, 'lock', '`lock` needs `by`']]),
  problems('A162-lock-slip.md', 'a slip that would make a run a person', [
    [3, 'lock', '`lock` has an unknown key `rnu`; did you mean `run`?'],
  ]),
  problems('A163-id-differs.md', 'another id than the name says', [
    [2, 'id', "`id` is A164, but the file's name says A163"],
  ]),
  problems('A165-role-case.md', "a role's name in capitals", [
    [3, 'role', "`role` must be a role's name like developer"],
  ]),
  problems('A166-epic-slug.md', 'an epic by name', [[3, 'epic', '`epic` must be an id like A32']]),
  problems('A167-utf16.md', 'UTF-16, as some editors save it', [[1, 'encoding', 'a NUL byte']]),
  problems('A168-latin1.md', 'Latin-1', [[3, 'encoding', 'not UTF-8; save the file as UTF-8']]),
  problems('A169-cr-only.md', 'line ends of old Macs', [
    [1, 'front-matter', 'the first line must be exactly `---`'],
  ]),
  problems('A170-conflict-markers.md', 'an unresolved merge', [
    [3, 'front-matter', 'a conflict marker of a merge'],
  ]),
  problems('A171-reserved-at.md', 'a character that YAML keeps for itself', [
    [2, 'front-matter', 'Plain value cannot start with reserved character @; put the text in quotes'],
  ]),
  problems('A172-backtick-title.md', 'markdown code as title', [
    [2, 'front-matter', 'Plain value cannot start with reserved character `; put the text in quotes'],
  ]),
  problems('A173-percent.md', 'a YAML directive', [
    [3, 'front-matter', 'a `%` at the start of a line above is a directive'],
  ]),
  problems('A174-many-problems.md', 'everything wrong at once: each is named', [
    [2, 'title', '`title` must'],
    [3, 'status', '`status` must'],
    [5, 'depends', '`depends` must'],
    [6, 'touches', '`touches` must'],
    [4, 'unknown-key', 'unknown key `orderr`'],
  ]),
  problems('A175-text-after-close.md', 'a comment behind the closing dashes', [
    [3, 'front-matter', 'a line of the front-matter starts with `---`'],
  ]),
  problems('A176-nbsp-key.md', 'a no-break space for a space', [
    [2, 'front-matter', 'front-matter must be `key: value` lines'],
  ]),
  problems('A177-fullwidth-colon.md', 'a full-width colon', [
    [2, 'front-matter', 'front-matter must be `key: value` lines'],
  ]),
];
