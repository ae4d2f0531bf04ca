import { randomBytes } from 'node:crypto';
import type { Random } from './ports.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Randomness from the operating system. Ids are ULIDs (https://github.com/ulid/spec): 48 bits of time, 80 random. */
export function realRandom(): Random {
  return {
    id: () => ulid(Date.now(), randomBytes(10)),
    fraction: () => randomBytes(4).readUInt32BE() / 2 ** 32,
  };
}

function ulid(time: number, random: Uint8Array): string {
  let value = BigInt(time);
  for (const byte of random) value = (value << 8n) | BigInt(byte);
  let text = '';
  for (let i = 0; i < 26; i++) {
    text = ALPHABET[Number(value & 31n)] + text;
    value >>= 5n;
  }
  return text;
}
