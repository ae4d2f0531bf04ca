import { readFileSync } from 'node:fs';
import nodeModule, { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { constants, Script } from 'node:vm';

/**
 * Loads a bundled CommonJS file. The build leaves its code beside it as the node that built it compiles it: parsing takes longer
 * than most of what a command does. Any other node compiles it anew, and keeps what it compiled where it can (from node 22 on).
 *
 * @param file absolute; plain ASCII, and never another text under the same name: V8 compares lengths only
 */
export function loadCompiled(file: string): unknown {
  const code = readCode(codeOf(file));
  if (code !== null) return start(file, compile(file, code));
  (nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.();
  return createRequire(file)(file);
}

/** Where the code of a file is for the node that runs this. */
export function codeOf(file: string): string {
  return `${file}.${process.version}-${process.arch}.code`;
}

/** The file as a function of what CommonJS gives it. */
export function compile(file: string, code: Buffer | undefined): Script {
  return new Script(nodeModule.wrap(readFileSync(file, 'latin1')), {
    filename: file,
    ...(code === undefined ? {} : { cachedData: code }),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
}

/** Runs it, and returns what it exports. */
export function start(file: string, script: Script): unknown {
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file));
  return module.exports;
}

function readCode(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
