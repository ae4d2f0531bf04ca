import * as z from 'zod/mini';
import { parseByteSize } from '../task/byte-size.ts';
import { globs, wholeNumber } from './schema-parts.ts';

const SIZE = 'a size such as 500KB, 1MB or 2MiB, at most 1GB';

const PROMPT = 'a size from 16KB to 4MB, such as 200KB';

/** How much a branch may change, and how long a prompt may be: in rota.yaml for every role, in a role file for this one. */
export const limitsSchema = z.strictObject(
  {
    files: z.optional(wholeNumber(1, 1_000_000)),
    lines: z.optional(wholeNumber(1, 100_000_000)),
    'file-size': z.optional(
      z.pipe(
        z
          .union([z.string(), z.number()], SIZE)
          .check(z.refine((size) => parseByteSize(String(size)) !== null, SIZE)),
        z.transform((size) => parseByteSize(String(size)) ?? 0),
      ),
    ),
    prompt: z.optional(
      z.pipe(
        z
          .union([z.string(), z.number()], PROMPT)
          .check(z.refine((size) => isPromptSize(String(size)), PROMPT)),
        z.transform((size) => parseByteSize(String(size)) ?? 0),
      ),
    ),
  },
  'a map such as {files: 100, lines: 5000, file-size: 1MB, prompt: 200KB}',
);

/** Where what looks like a secret is none: fixtures of tests. */
export const secretsSchema = z.strictObject(
  { allow: z.optional(globs()) },
  'a map such as {allow: [test/fixtures/**]}',
);

/** Below that there is no room for a role and the protocol; above it no client reads it. */
function isPromptSize(text: string): boolean {
  const size = parseByteSize(text);
  return size !== null && size >= 16_000 && size <= 4_000_000;
}
