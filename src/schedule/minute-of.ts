/** A minute of the hour that is always the same for a name, and mostly another one for another name. */
export function minuteOf(name: string): number {
  let sum = 7;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003;
  return sum % 60;
}
