import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openCappedLog } from '../../../src/agent/capped-log.ts';
import { realFiles } from '../../../src/system/files.ts';

test('whatever comes in whatever pieces: beginning and end are kept, the rest is counted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rota-log-'));
  const path = join(folder, 'log');
  const cap = { head: 10, tail: 20 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.string({ unit: 'grapheme-ascii', maxLength: 30 }), fc.boolean())),
      async (given) => {
        const log = await openCappedLog(realFiles(), path, cap);
        for (const [text, pause] of given) {
          log.add(Buffer.from(text));
          if (pause) await new Promise(setImmediate);
        }
        await log.close();
        const all = given.map(([text]) => text).join('');
        const kept = readFileSync(path, 'utf8');
        const gap = /\n\[… (\d+) bytes left out …\]\n/.exec(kept);
        if (gap === null) expect(kept).toBe(all);
        else {
          const end = kept.slice(gap.index + gap[0].length);
          expect(kept.slice(0, gap.index)).toBe(all.slice(0, cap.head));
          expect(all.endsWith(end)).toBe(true);
          expect(end.length).toBeLessThanOrEqual(cap.tail);
          expect(gap.index + Number(gap[1]) + end.length).toBe(all.length);
        }
        expect(log.tail()).toBe(all);
        expect(readdirSync(folder)).toEqual(['log']);
      },
    ),
    { numRuns: 60 },
  );
  rmSync(folder, { recursive: true });
});
