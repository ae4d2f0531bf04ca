import { expect, it } from 'vitest';
import { isRequirement, whyTooOld } from '../../../src/role/requires-rota.ts';

it.each([
  ['>=0.2', '0.1.9', true],
  ['>=0.2', '0.2.0', false],
  ['0.2.1', '0.2.0', true],
  ['0.2.1', '0.10.0', false],
  ['1', '0.99.99', true],
  ['>= 1.0', '1.0.0-rc.1', false],
  ['2.0.0', '10.0.0', false],
])('%s with rota %s: too old is %s', (requirement, version, tooOld) => {
  expect(whyTooOld(requirement, version) !== null).toBe(tooOld);
});

it.each(['', 'x', '>1', '^1.2', '1.2.3.4', '>=', '1.-2'])('%j is no requirement', (text) => {
  expect(isRequirement(text)).toBe(false);
});
