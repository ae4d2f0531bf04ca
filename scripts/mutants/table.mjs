import { BESIDE } from './beside.mjs';
import { GATE } from './gate.mjs';
import { HEALING } from './healing.mjs';
import { HOSTILE } from './hostile.mjs';
import { KEEPING } from './keeping.mjs';
import { LANDING } from './landing.mjs';
import { LOCKS } from './locks.mjs';
import { TRUST } from './trust.mjs';

/**
 * @typedef {{ file: string, find: string, replace: string }} Edit
 * @typedef {Edit & {
 *   promise: number | null, name: string, also?: Edit[],
 *   project: 'unit' | 'git' | 'long' | 'e2e', test: string, title: string
 * }} Mutant
 */

/**
 * Each takes one guard of a promise (docs/promises.md; null: of something beside them) out: `find` occurs once in `file` and
 * becomes `replace`; `also` lists further edits where a second guard stands behind the first. `title` is a part of the name of
 * the test in `test` that has to fail then; `project` is vitest's.
 *
 * @type {Mutant[]}
 */
export const MUTANTS = [...LANDING, ...LOCKS, ...KEEPING, ...HEALING, ...TRUST, ...HOSTILE, ...GATE]
  .sort((a, b) => a.promise - b.promise)
  .concat(BESIDE);
