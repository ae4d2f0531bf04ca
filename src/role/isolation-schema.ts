import * as z from 'zod/mini';
import type { IsolationRules } from '../config.ts';
import { matching } from './schema-parts.ts';

const READ =
  'a path from the root or below HOME, such as /srv/models or ~/.rustup; without `..`, and not all of / or ~';
const IMAGE = 'the name of a container image, such as node:20 or ghcr.io/acme/build:3';

/** What isolated roles can reach. */
export const isolationSchema = z.strictObject(
  {
    network: z.optional(z.enum(['all', 'none'], 'all or none')),
    read: z.optional(z.array(matching(isOuterPath, READ), `a list, each entry ${READ}`)),
    image: z.optional(matching(isImage, IMAGE)),
  },
  'a map such as {network: none, read: [~/.rustup], image: "node:20"}; which role is isolated, and how, its own file says',
);

export const ISOLATION_KEYS: readonly string[] = Object.keys(isolationSchema.shape);

/** With the defaults filled in. */
export function toIsolation(shape: z.infer<typeof isolationSchema> = {}): IsolationRules {
  return {
    network: shape.network ?? 'all',
    read: (shape.read ?? []).map((path) => path.replace(/\/+$/, '')),
    image: shape.image ?? null,
  };
}

function isOuterPath(path: string): boolean {
  const steps = path.replace(/\/+$/, '').split('/');
  const [first, ...rest] = steps;
  if ((first !== '' && first !== '~') || rest.length === 0) return false;
  return rest.every((step) => step !== '' && step !== '.' && step !== '..' && !CONTROL.test(step));
}

/** Never an option of the program that it is an argument of. */
function isImage(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._/:@-]{0,254}$/.test(name);
}

const CONTROL = /[\u0000-\u001f\u007f]/;
