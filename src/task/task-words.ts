import { taskBody } from './body.ts';
import { readFrontMatter } from './front-matter.ts';
import { findSections } from './sections.ts';

/** What a person asks for in a task file: its title, and its body without the sections that rota appends to. */
export function taskWords(text: string): string {
  const matter = readFrontMatter(text);
  const title =
    matter.kind === 'problems' ? '' : String((matter.data as { title?: unknown } | null)?.title ?? '');
  const body = taskBody(text);
  let kept = '';
  let from = 0;
  for (const { headingStart, end } of findSections(body)) {
    kept += body.slice(from, headingStart);
    from = end;
  }
  return `${title}\n\n${(kept + body.slice(from)).trim()}\n`;
}
