import { argv, exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';

/**
 * The options of a script's command line. A wrong one is said, with the usage, and ends the script with 2; `--help` prints the
 * usage and ends it with 0.
 *
 * @template {NonNullable<import('node:util').ParseArgsConfig['options']>} const T
 * @param {string} usage
 * @param {T} options as node:util's parseArgs takes them
 * @returns {ReturnType<typeof parseArgs<{ options: T }>>['values']}
 */
export function optionValues(usage, options) {
  const help = /** @type {const} */ ({ type: 'boolean' });
  try {
    const { values } = parseArgs({ args: argv.slice(2), options: { ...options, help } });
    if ('help' in values) {
      stdout.write(`${usage.trimEnd()}\n`);
      exit(0);
    }
    return /** @type {any} */ (values);
  } catch (error) {
    if (!String(/** @type {any} */ (error).code).startsWith('ERR_PARSE_ARGS_')) throw error;
    return refuse(/** @type {Error} */ (error).message, usage);
  }
}

/**
 * The number that an option has: a whole one, unless a part of one makes sense.
 *
 * @param {string} usage
 * @param {Record<string, unknown>} values
 * @param {string} name
 * @param {{ least?: number, parts?: boolean }} [wish]
 * @returns {number}
 */
export function numberIn(usage, values, name, { least = 0, parts = false } = {}) {
  const said = String(values[name]).trim();
  const value = Number(said);
  const fits = parts ? Number.isFinite(value) : Number.isSafeInteger(value);
  if (said !== '' && fits && value >= least) return value;
  const kind = parts ? 'a number' : 'a whole number';
  return refuse(`--${name} has to be ${kind}, ${least} or more, not ${said || 'nothing'}.`, usage);
}

/**
 * @param {string} message
 * @param {string} usage
 * @returns {never}
 */
export function refuse(message, usage) {
  stderr.write(`${message}\n\n${usage.trimEnd()}\n`);
  exit(2);
}
