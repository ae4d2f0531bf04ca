/** What decides how a test runner finds, transforms and judges tests, in any folder. Names in small letters. */
const RUNNERS =
  /^(?:(?:vitest|jest|ava|karma|playwright|playwright-ct|cypress|nyc|c8|wdio|nightwatch|web-test-runner|protractor|babel)[.-](?:config|conf|workspace|projects|setup|preset)(?:\.[\w.-]+)?|cypress\.json|jest-preset\.\w+|setup-?tests?\.\w+|\.mocharc(?:\.\w+)?|\.(?:nycrc|c8rc|taprc|testcaferc|babelrc|swcrc)(?:\.\w+)?|jasmine\.json|node\.config\.json|pytest\.ini|\.pytest\.ini|tox\.ini|noxfile\.py|\.coveragerc|\.rspec|phpunit(?:\.dist)?\.xml|phpunit\.xml\.dist|behat\.ya?ml|codeception\.ya?ml|.*\.runsettings|nextest\.toml|testng\.xml)$/;

/** Programs that a gate may call -> what they obey. Task runners: what they say is what runs. */
const TASKS: readonly (readonly [tools: RegExp, files: RegExp])[] = [
  [/^(?:g?make)$/, /^(?:gnumakefile|makefile|.*\.mk)$/],
  [/^just$/, /^(?:\.?justfile|.*\.just)$/],
  [/^(?:task|go-task)$/, /^taskfile(?:\.dist)?\.ya?ml$/],
  [/^rake$/, /^(?:rakefile(?:\.rb)?|.*\.rake)$/],
  [/^(?:invoke|inv)$/, /^tasks\.py$/],
  [/^nox$/, /^noxfile\.py$/],
  [/^gulp$/, /^gulpfile\.\w+$/],
  [/^grunt$/, /^gruntfile\.\w+$/],
  [/^turbo$/, /^turbo\.jsonc?$/],
  [/^nx$/, /^(?:nx|project)\.json$/],
  [/^lerna$/, /^lerna\.json$/],
  [/^moon$/, /^moon\.ya?ml$/],
  [/^(?:bazel|bazelisk)$/, /^(?:build|workspace|module)(?:\.bazel)?$|\.bzl$/],
  [/^(?:cmake|ctest)$/, /^(?:cmakelists\.txt|.*\.cmake|cmakepresets\.json)$/],
  [/^meson$/, /^meson\.(?:build|options)$/],
  [/^(?:docker|podman|docker-compose)$/, /^(?:dockerfile.*|.*\.dockerfile|(?:docker-)?compose.*\.ya?ml)$/],
  [/^(?:nix|nix-build|nix-shell)$/, /^(?:flake|shell|default)\.nix$/],
  [/^earthly$/, /^earthfile$/],
  [/^mage$/, /^magefile.*\.go$/],
  [/^ant$/, /^build\.xml$/],
  [/^deno$/, /^deno\.jsonc?$/],
];
const CHECKS: readonly (readonly [tools: RegExp, files: RegExp])[] = [
  [/^(?:vitest|vite)$/, /^vite\.config\.\w+$/],
  [/^(?:tsc|vue-tsc|tsgo|svelte-check|tsx|ts-node|ts-mocha|vitest|jest)$/, /^tsconfig(?:\.[\w.-]+)?\.json$/],
  [/^(?:eslint|eslint_d)$/, /^(?:eslint\.config\.\w+|\.eslintrc(?:\.\w+)?|\.eslintignore)$/],
  [/^biome$/, /^biome\.jsonc?$/],
  [/^oxlint$/, /^\.?oxlintrc\.json$/],
  [/^prettier$/, /^(?:prettier\.config\.\w+|\.prettierrc(?:\.\w+)?|\.prettierignore)$/],
  [/^stylelint$/, /^(?:stylelint\.config\.\w+|\.stylelintrc(?:\.\w+)?)$/],
  [/^knip$/, /^(?:knip\.(?:jsonc?|\w+)|\.knip\.jsonc?)$/],
  [/^(?:depcruise|dependency-cruiser)$/, /^\.dependency-cruiser\.\w+$/],
  [/^ruff$/, /^\.?ruff\.toml$/],
  [/^flake8$/, /^\.flake8$/],
  [/^(?:mypy|dmypy)$/, /^\.?mypy\.ini$/],
  [/^pylint$/, /^\.?pylintrc(?:\.toml)?$/],
  [/^(?:pyright|basedpyright)$/, /^pyrightconfig\.json$/],
  [/^rubocop$/, /^\.rubocop(?:_todo)?\.yml$/],
  [/^golangci-lint$/, /^\.golangci\.\w+$/],
  [/^cargo$/, /^\.?clippy\.toml$/],
  [
    /^(?:phpstan|psalm|phpcs)$/,
    /^(?:phpstan(?:-baseline)?\.neon(?:\.dist)?|psalm(?:-baseline)?\.xml|\.?phpcs\.xml(?:\.dist)?)$/,
  ],
  [
    /^(?:gradle|gradlew|mvn|mvnw|dotnet)$/,
    /^(?:detekt\.yml|checkstyle\.xml|directory\.build\.(?:props|targets))$/,
  ],
];

/** What a changed file means for a green gate; null: nothing that is known. */
export type ConfigKind = 'runner' | 'task' | 'check';

/**
 * Whether a file is configuration of a program that the gate runs. Test runners count always; others when the gate calls
 * them, or may: what a task runner or a script of its own calls is not looked into.
 *
 * @param tools names of the programs that the gate calls
 * @param opaque whether it calls something that cannot be followed
 */
export function configKind(path: string, tools: ReadonlySet<string>, opaque: boolean): ConfigKind | null {
  const parts = path.toLowerCase().split('/');
  const name = parts.pop() ?? '';
  if (RUNNERS.test(name)) return 'runner';
  if (name === 'conftest.py' && parts.length === 0) return 'runner';
  const inTests = parts.some((part) => /^(?:tests?|__tests__|specs?|e2e|support)$/.test(part));
  if (inTests && /^(?:global-?)?set-?up\.\w+$/.test(name)) return 'runner';
  const obeys = (table: typeof TASKS, whenOpaque: boolean) =>
    table.some(
      ([programs, files]) =>
        files.test(name) && (whenOpaque || [...tools].some((tool) => programs.test(tool))),
    );
  if (obeys(TASKS, false)) return 'task';
  return obeys(CHECKS, opaque) ? 'check' : null;
}

/** Whether a gate with these programs runs more than can be read from it. */
export function isOpaque(tools: ReadonlySet<string>): boolean {
  return [...tools].some(
    (tool) =>
      TASKS.some(([programs]) => programs.test(tool)) || /\.(?:sh|bash|zsh|py|rb|pl|[cm]?[jt]s)$/.test(tool),
  );
}
