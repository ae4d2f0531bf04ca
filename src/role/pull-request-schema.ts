import * as z from 'zod/mini';
import type { PullRequestConfig } from '../config.ts';
import { line, matching, wholeNumber } from './schema-parts.ts';

const LABEL = 'a label: one line of at most 100 characters';
const REVIEWER = 'a login such as mike, or a team such as acme/backend';
const FORGE = 'auto, gh, push-options or link';

/** rota.yaml's `pull-request`: how changes are proposed. */
export const pullRequestSchema = z.strictObject(
  {
    labels: z.optional(
      z.array(
        line(LABEL).check(z.refine((text) => text.length <= 100, LABEL)),
        `a list, each entry ${LABEL}`,
      ),
    ),
    reviewers: z.optional(z.array(matching(isReviewer, REVIEWER), `a list, each entry ${REVIEWER}`)),
    draft: z.optional(z.boolean('true or false')),
    'auto-merge': z.optional(z.boolean('true or false')),
    'max-open': z.optional(wholeNumber(1, 1000)),
    'after-lost-races': z.optional(z.boolean('true or false')),
    forge: z.optional(z.enum(['auto', 'gh', 'push-options', 'link'], FORGE)),
  },
  'a map such as {labels: [rota], draft: true}',
);

/** The value with its defaults filled in. */
export function toPullRequest(shape: z.infer<typeof pullRequestSchema> = {}): PullRequestConfig {
  return {
    labels: [...new Set(shape.labels?.map((label) => label.trim()))],
    reviewers: [...new Set(shape.reviewers)],
    draft: shape.draft ?? false,
    autoMerge: shape['auto-merge'] ?? false,
    maxOpen: shape['max-open'] ?? 10,
    afterLostRaces: shape['after-lost-races'] ?? false,
    forge: shape.forge ?? 'auto',
  };
}

function isReviewer(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}(?:\/[A-Za-z0-9][A-Za-z0-9_.-]{0,99})?$/.test(text);
}
