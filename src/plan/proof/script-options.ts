import type { NativeRunner } from '../../role/package-facts.ts';

/** Options that say where a runner finds its configuration, and how it loads a file. Never what it reports or accepts. */
const KEPT: Readonly<Record<NativeRunner, Readonly<Record<string, 'value' | 'flag'>>>> = {
  vitest: {
    '--config': 'value',
    '-c': 'value',
    '--root': 'value',
    '-r': 'value',
    '--dir': 'value',
    '--environment': 'value',
    '--globals': 'flag',
  },
  jest: {
    '--config': 'value',
    '-c': 'value',
    '--rootDir': 'value',
    '--preset': 'value',
    '--env': 'value',
    '--testEnvironment': 'value',
    '--transform': 'value',
  },
  node: {
    '--import': 'value',
    '--loader': 'value',
    '--experimental-loader': 'value',
    '--require': 'value',
    '-r': 'value',
    '--conditions': 'value',
    '-C': 'value',
    '--experimental-strip-types': 'flag',
    '--experimental-transform-types': 'flag',
    '--experimental-test-module-mocks': 'flag',
    '--experimental-vm-modules': 'flag',
    '--enable-source-maps': 'flag',
    '--no-warnings': 'flag',
  },
};

const PROGRAM: Readonly<Record<NativeRunner, RegExp>> = {
  vitest: /(?:^|\/)vitest(?:\.mjs)?$/,
  jest: /(?:^|\/)jest(?:\.js)?$/,
  node: /(?:^|\/)node$/,
};

/**
 * The options with which old main's own scripts call the runner, so far as they decide whether a test can be loaded at all.
 * A script with quotes or substitutions around them says nothing here: those need a shell, and `proof: {run}` is for them.
 */
export function scriptOptions(runner: NativeRunner, scripts: readonly string[]): string[] {
  for (const script of scripts) {
    for (const part of script.split(/&&|\|\||[;&|]/)) {
      const words = part.trim().split(/\s+/);
      const at = words.findIndex((word) => PROGRAM[runner].test(word));
      if (at === -1 || (runner === 'node' && !words.includes('--test', at))) continue;
      return keptOptions(runner, words.slice(at + 1));
    }
  }
  return [];
}

/** Jest's own modules need this option of node, which its scripts give in several ways. */
export function needsVmModules(scripts: readonly string[]): boolean {
  return scripts.some((script) => /\bjest\b/.test(script) && script.includes('--experimental-vm-modules'));
}

function keptOptions(runner: NativeRunner, words: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const [name = '', value] = splitOnce(word);
    const form = Object.hasOwn(KEPT[runner], name) ? KEPT[runner][name] : undefined;
    if (form === undefined || !isPlain(word)) continue;
    if (form === 'flag' || value !== undefined) kept.push(word);
    else if (words[at + 1] !== undefined && isPlain(words[at + 1]!)) kept.push(word, words[++at]!);
  }
  return kept;
}

function splitOnce(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return at === -1 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

/** Nothing that a shell would have changed. */
function isPlain(word: string): boolean {
  return /^[\w@%+=:,./-]+$/.test(word);
}
