import picomatch from 'picomatch';

/** Whether `path` matches: globs are tried in order, `!` excludes, later ones win. Dot files are files like any other. */
export function matchGlobs(globs: readonly string[], path: string): boolean {
  return globMatcher(globs)(path);
}

/** As matchGlobs, compiled once for many paths. */
export function globMatcher(globs: readonly string[]): (path: string) => boolean {
  const steps = globs.filter((glob) => glob !== '').map(compile);
  return (path) => {
    let allowed = false;
    for (const step of steps) if (step.matches(path)) allowed = !step.exclude;
    return allowed;
  };
}

function compile(glob: string): { exclude: boolean; matches: (path: string) => boolean } {
  // `!(a|b)` is a pattern of its own, not an exclusion.
  const exclude = glob.startsWith('!') && !glob.startsWith('!(');
  const pattern = exclude ? glob.slice(1) : glob;
  if (pattern === '') return { exclude, matches: () => false };
  // `s`: a line feed in a file name must not slip past an exclusion, whose `**` becomes dots in a regular expression.
  const matches = picomatch(pattern, { dot: true, nonegate: true, windows: false, flags: 's' });
  return { exclude, matches: (path) => matches(path) };
}
