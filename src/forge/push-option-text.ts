import { plainText } from '../task/text.ts';
import type { Proposal } from './forge.ts';

/** git sends an option as one packet of at most 65,516 bytes. */
const MOST_BYTES = 60_000;

/**
 * GitLab's push options for a merge request. An option is one line: GitLab reads `\n` in a description as a line break. Of an
 * open request only the description is sent again: GitLab keeps the one before, and the rest may be a person's by now.
 */
export function pushOptionsFor(proposal: Proposal): string[] {
  const { base, title, body, labels, draft, autoMerge, isOpen } = proposal;
  const text = `merge_request.description=${description(body)}`;
  if (isOpen) return ['merge_request.create', `merge_request.target=${base}`, text];
  return [
    'merge_request.create',
    `merge_request.target=${base}`,
    `merge_request.title=${bounded(plainText(title))}`,
    text,
    ...labels.map((label) => `merge_request.label=${plainText(label)}`),
    ...(draft ? ['merge_request.draft'] : []),
    ...(autoMerge ? ['merge_request.merge_when_pipeline_succeeds'] : []),
  ];
}

function description(body: string): string {
  const lines = body.split(/\r\n|[\n\r]/).map((line) =>
    plainText(line)
      // What looks like the sign for a line break and is none.
      .replaceAll('\\n', '&#92;n')
      // A line that starts with a slash is a command to GitLab (`/merge`): no text of ours is one.
      .replace(/^(\s*)\//, '$1\\/'),
  );
  return bounded(lines.join('\\n'));
}

function bounded(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= MOST_BYTES) return text;
  // A character cut in half at the end goes, and half a line break with it.
  const cut = bytes
    .subarray(0, MOST_BYTES - 8)
    .toString('utf8')
    .replace(/\ufffd+$/, '')
    .replace(/\\$/, '');
  return `${cut} […]`;
}
