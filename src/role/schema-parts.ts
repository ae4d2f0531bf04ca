import * as z from 'zod/mini';
import { parseDuration } from '../task/duration.ts';
import { isInnerGlob, isInnerPath } from './inner-path.ts';

/**
 * Pieces of the schemas of rota.yaml and of role files. Every `error` says what was *expected*: schema-problems.ts adds
 * where and what was found instead. `zod/mini`, because it starts ten times as fast as `zod`.
 */
export const line = (expected: string) =>
  z.string(expected).check(z.refine((text) => text.trim() !== '' && !CONTROL.test(text), expected));

export const matching = (test: (text: string) => boolean, expected: string) =>
  z.string(expected).check(z.refine(test, expected));

/** Milliseconds, from a duration such as `30m`. */
export const duration = (example: string) => {
  const expected = `a duration such as ${example} (ms, s, m, h, d, w)`;
  return z.pipe(
    matching((text) => (parseDuration(text) ?? 0) > 0, expected),
    z.transform((text) => parseDuration(text) ?? 0),
  );
};

export const wholeNumber = (least: number, most: number) => {
  const expected = `a whole number from ${least} to ${most}`;
  return z
    .number(expected)
    .check(z.refine((value) => Number.isInteger(value) && value >= least && value <= most, expected));
};

/** A string for `sh -c`, or an argv. */
export const argv = (expected: string) =>
  z
    .array(matching(isArgument, 'text; write numbers and the like in quotes'), expected)
    .check(z.refine((words) => words.length > 0 && words[0]?.trim() !== '', expected));

/** One line or script for `sh -c`. */
export const shellText = (expected: string) =>
  matching((text) => text.trim() !== '' && isArgument(text), expected);

export const command = (expected: string) => z.union([shellText(expected), argv(expected)], expected);

const PATH = 'a path inside the repository, relative to its root, without `..`';
export const paths = () =>
  z.array(
    z.pipe(
      matching(isInnerPath, PATH),
      z.transform((path) => path.replace(/\/$/, '')),
    ),
    `a list, each entry ${PATH}`,
  );

const GLOB = 'a glob inside the repository, relative to its root, without `..`; `!` before it excludes';
export const globs = () => z.array(matching(isInnerGlob, GLOB), `a list, each entry ${GLOB}`);

const ENV =
  'the name of an environment variable in capitals; never one of GIT_* or ROTA_*, those are set by rota';
export const variables = () =>
  z.array(
    matching((name) => /^[A-Z_][A-Z0-9_]*$/.test(name) && !/^(?:GIT|ROTA)_/.test(name), ENV),
    `a list, each entry ${ENV}`,
  );

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

function isArgument(text: string): boolean {
  return !text.includes('\0');
}
