import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { CORPUS, corpusBytes } from './corpus.ts';

const SOURCES = CORPUS.flatMap(({ name, files }) => files.map((file) => corpusBytes(name, file)));

/** What means something to YAML, markdown, git or a terminal. */
const PIECES = [
  '---\n',
  '---',
  '...\n',
  '\n',
  '\r\n',
  '\r',
  '\t',
  ' ',
  '  ',
  ': ',
  ':',
  '- ',
  '-',
  '? ',
  '[',
  ']',
  '{',
  '}',
  ',',
  '&a ',
  '*a',
  '<<: *a',
  '!!str ',
  '!x ',
  '|\n',
  '>-\n',
  '|+\n',
  '"',
  "'",
  '\\',
  '# c\n',
  ' #',
  '%',
  '@',
  '`',
  '~',
  'null',
  'title: ',
  'status: ready\n',
  'lock: {run: x}\n',
  'lock:\n',
  'depends:\n  - A1\n',
  '__proto__: ',
  '\u0000',
  '\ufeff',
  '\u2028',
  '\u202e',
  '\u001b[2J',
  '\ud83c\udf89',
  'e\u0301',
  '## Log\n',
  '## Notes\n',
  '```\n',
  '~~~\n',
  '<!--',
  '-->',
  '<<<<<<< a\n',
  '=======\n',
  '>>>>>>> b\n',
  '- [ ] x\n',
  '0x1F',
  '012',
  '1e999',
  '-0',
  '.inf',
  '2026-02-30',
  '9'.repeat(40),
];

type Mutation = (bytes: Buffer) => Buffer;

const place = fc.double({ min: 0, max: 1, noNaN: true });
const at = (bytes: Buffer, share: number) => Math.floor(share * bytes.length);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(place, fc.constantFrom(...PIECES))
      .map(([share, piece]) => insert(share, Buffer.from(piece))),
  },
  { weight: 2, arbitrary: fc.tuple(place, fc.nat(255)).map(([share, byte]) => overwrite(share, byte)) },
  { weight: 2, arbitrary: fc.tuple(place, fc.nat(40)).map(([share, length]) => remove(share, length)) },
  {
    weight: 2,
    arbitrary: fc.tuple(place, place, fc.nat(80)).map(([from, to, length]) => copy(from, to, length)),
  },
  {
    weight: 1,
    arbitrary: place.map(
      (share): Mutation =>
        (bytes) =>
          bytes.subarray(0, at(bytes, share)),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Mutation>((bytes) =>
      Buffer.from(bytes.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1'),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(place, fc.nat(SOURCES.length - 1))
      .map(([share, other]) => insert(share, SOURCES[other]!)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(place, fc.constantFrom(...PIECES), fc.integer({ min: 2, max: 400 }))
      .map(([share, piece, times]) => insert(share, Buffer.from(piece.repeat(times)))),
  },
);

/** A file of the corpus with up to six mutations. */
export const mutated: fc.Arbitrary<Buffer> = fc
  .tuple(fc.nat(SOURCES.length - 1), fc.array(mutation, { maxLength: 6 }))
  .map(([source, mutations]) => mutations.reduce((bytes, mutate) => mutate(bytes), SOURCES[source]!));

function insert(share: number, piece: Buffer): Mutation {
  return (bytes) =>
    Buffer.concat([bytes.subarray(0, at(bytes, share)), piece, bytes.subarray(at(bytes, share))]);
}

function overwrite(share: number, byte: number): Mutation {
  return (bytes) => {
    const changed = Buffer.from(bytes);
    if (changed.length > 0) changed[Math.min(at(bytes, share), changed.length - 1)] = byte;
    return changed;
  };
}

function remove(share: number, length: number): Mutation {
  return (bytes) =>
    Buffer.concat([bytes.subarray(0, at(bytes, share)), bytes.subarray(at(bytes, share) + length)]);
}

function copy(from: number, to: number, length: number): Mutation {
  return (bytes) => insert(to, Buffer.from(bytes.subarray(at(bytes, from), at(bytes, from) + length)))(bytes);
}
