import { plainText } from './text.ts';

/** An error of the YAML reader, with the piece of the text that it is about. */
interface YamlError {
  readonly code: string;
  readonly message: string;
  readonly source: string;
}

/** The reader's words are about YAML's grammar; these say what to write. Others stay as they are. */
export function yamlWords({ code, message, source }: YamlError): string {
  const shown = plainText(source).trim().slice(0, 60);
  if (/call stack/i.test(message)) return 'nested too deeply; expected simple values and lists';
  if (code === 'DUPLICATE_KEY') return `\`${shown.split(':')[0]}\` is there twice; keep one`;
  if (code === 'TAB_AS_INDENT') return 'a tab cannot indent YAML; use spaces';
  if (code === 'TAG_RESOLVE_FAILED') {
    return `a YAML tag (${plainText(/tag: (\S+)/.exec(message)?.[1] ?? shown)}) is not read; write the value itself`;
  }
  if (code === 'MULTIPLE_DOCS') return 'a second YAML document begins here; expected one';
  const open = /^Flow (sequence|map)\b.*end with a ([\]}])/.exec(message);
  if (open !== null) {
    const bracket = open[2] === ']' ? '[' : '{';
    return `a \`${bracket}\` is not closed; expected \`${open[2]}\`, or quotes around the text if it is no ${open[1] === 'map' ? 'map' : 'list'}`;
  }
  if (/^Nested mappings are not allowed|^Implicit keys need/.test(message)) {
    return 'not one `key: value` a line; a value that holds `: ` needs quotes round it';
  }
  if (/^Implicit map keys need/.test(message)) return 'this is no `key: value`; a `:` is missing';
  if (code === 'BAD_SCALAR_START') return `${plainText(message)}; put the text in quotes`;
  if (/^Missing directives-end/.test(message)) {
    return 'a `%` at the start of a line above is a directive to YAML; take it out or put it in quotes';
  }
  if (/^Unresolved alias/.test(message)) return `${plainText(message)}; put it in quotes if it is text`;
  if (/^Missing closing ["']/.test(message)) return 'a quote is not closed';
  if (/alias/i.test(message) && /exhaustion/.test(message)) {
    return 'aliases (`*name`) repeat too much here; write the values out';
  }
  return plainText(message);
}
