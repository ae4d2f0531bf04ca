import matter from 'gray-matter';
import { RotaError } from '../errors.ts';
import { type SplitFile, splitFrontMatter } from './split.ts';
import { type ParsedYaml, parseYaml } from './yaml.ts';

/** A file's front-matter as data, or what is wrong with it. Lines count from 1 in the file. */
export type FrontMatter =
  | {
      readonly kind: 'read';
      readonly split: SplitFile;
      /** Empty when the file has no front-matter. Keys are the file's own: look them up with Object.hasOwn. */
      readonly data: Readonly<Record<string, unknown>>;
      lineOf(path: readonly (string | number)[]): number;
    }
  | {
      readonly kind: 'problems';
      readonly problems: readonly { readonly line: number; readonly message: string }[];
    };

/**
 * Reads the front-matter of untrusted text. The only importer of gray-matter, which by default evaluates `---js`
 * blocks, caches failed parses as `{}` and reads `0123` as 83: hence exact `---` lines only (split.ts), always
 * with options, `yaml` as the engine, and every other engine refusing.
 */
export function readFrontMatter(text: string): FrontMatter {
  const split = splitFrontMatter(text);
  if (split.kind === 'broken') return { kind: 'problems', problems: [split] };
  if (!split.hasFrontMatter) return { kind: 'read', split, data: {}, lineOf: () => 1 };
  const parsed = parseWithGrayMatter(split.matter);
  if (parsed.problems.length > 0) {
    const marker = conflictMarker(split.matter);
    if (marker !== null) return { kind: 'problems', problems: [marker] };
    return { kind: 'problems', problems: parsed.problems.map((p) => ({ ...p, line: p.line + 1 })) };
  }
  const data = parsed.value ?? {};
  if (typeof data !== 'object' || Array.isArray(data)) {
    return { kind: 'problems', problems: [{ line: 2, message: 'front-matter must be `key: value` lines' }] };
  }
  const lineOf = (path: readonly (string | number)[]) => parsed.lineOf(path) + 1;
  return { kind: 'read', split, data: data as Record<string, unknown>, lineOf };
}

/** What YAML says about the lines of an unsettled merge helps nobody. */
function conflictMarker(matter: string): { line: number; message: string } | null {
  const at = matter.split('\n').findIndex((line) => /^(?:<{7}|>{7}|\|{7}) /.test(line));
  const message =
    'a conflict marker of a merge; keep what is right, and take the <<<<<<<, ======= and >>>>>>> lines out';
  return at === -1 ? null : { line: at + 2, message };
}

function parseWithGrayMatter(source: string): ParsedYaml {
  const seen: ParsedYaml[] = [];
  const parse = (): object => {
    // `source` itself, not gray-matter's copy of it, so that every place in it can be named.
    const parsed = parseYaml(source);
    seen.push(parsed);
    return typeof parsed.value === 'object' && parsed.value !== null ? parsed.value : {};
  };
  const engines = { yaml: { parse }, javascript: refuse, js: refuse, coffee: refuse, json: refuse };
  matter(`---\n${source}---\n`, { language: 'yaml', engines });
  // gray-matter does not call the engine for a block of comments only.
  return seen[0] ?? parseYaml(source);
}

function refuse(): never {
  throw new RotaError('task', 'front-matter is YAML; no other language is read');
}
