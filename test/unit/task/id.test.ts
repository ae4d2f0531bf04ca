import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RotaError } from '../../../src/errors.ts';
import {
  compareTaskKeys,
  idFromFileName,
  idsOfFileName,
  parseTaskId,
  taskKey,
} from '../../../src/task/id.ts';

describe('task ids', () => {
  it.each([
    ['A32', 'A32'],
    ['A032', 'A32'],
    ['A000', 'A0'],
    ['SHOP-12', 'SHOP-12'],
    ['T1A2', 'T1A2'],
    ['A1000000', 'A1000000'],
    ['A32-2', 'A32-2'],
    ['X1-007', 'X1-7'],
  ])('%s is the task %s', (text, key) => expect(parseTaskId(text)).toBe(key));

  it.each([
    '',
    'A',
    '12',
    'a32',
    '../x',
    '-rf',
    'T1/sub',
    'A 1',
    'A32\n',
    '\nA32',
    'A32.lock',
    'A--1',
    'Á1',
    'A1-',
    'A32-foo',
    'A1234567890123456789012345',
    '__proto__',
    'A٣',
  ])('%j is none', (text) => {
    expect(parseTaskId(text)).toBeNull();
    expect(() => taskKey(text)).toThrow(RotaError);
  });

  it('never gives two different numbers one key', () => {
    const number = fc.stringMatching(/^[0-9]{1,6}$/);
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z][A-Z0-9]{0,5}-?$/), number, number, (prefix, a, b) => {
        const [left, right] = [parseTaskId(prefix + a), parseTaskId(prefix + b)];
        fc.pre(left !== null && right !== null && !/[0-9]$/.test(prefix));
        expect(left === right).toBe(Number(a) === Number(b));
      }),
    );
  });

  it('is safe in a path and a ref, and canonical', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const key = parseTaskId(text);
        if (key === null) return;
        expect(key).toMatch(/^[A-Z][A-Z0-9-]*$/);
        expect(parseTaskId(key)).toBe(key);
      }),
    );
  });

  it('sorts by prefix, then number', () => {
    const keys = ['B1', 'A10', 'A2', 'A1000000', 'AB1'].map(taskKey);
    expect(keys.sort(compareTaskKeys)).toEqual(['A2', 'A10', 'A1000000', 'AB1', 'B1']);
  });

  it('finds the id a file name starts with', () => {
    expect(idFromFileName('backlog/A32-foo.md')).toBe('A32');
    expect(idFromFileName('SHOP-12-foo.md')).toBe('SHOP-12');
    expect(idFromFileName('A32.md')).toBe('A32');
    expect(idFromFileName('A32-2-factor-login.md')).toBe('A32');
    expect(idsOfFileName('A32-2-factor-login.md')).toEqual(['A32', 'A32-2']);
    for (const name of ['README.md', 'A32x.md', 'notes-A32.md', 'a32-foo.md', 'A_1.md']) {
      expect(idFromFileName(name), name).toBeNull();
    }
  });
});
