import { RotaError } from '../errors.ts';

export type ForgeTrouble =
  | 'missing' // the program is not installed
  | 'logged-out'
  | 'rate-limited'
  | 'offline'
  | 'nonsense' // an answer that is no answer
  | 'not-found' // repository or request; or no permission to see it
  | 'not-allowed'
  | 'refused' // the forge says no to this request, and why
  | 'no-api'; // this remote's forge cannot be asked

/** A forge that did not do what it was asked. The branch is on the remote; trying again later is safe. */
export class ForgeError extends RotaError {
  readonly trouble: ForgeTrouble;
  /** For `rate-limited`: when to ask again, if the forge said so. */
  readonly until: Date | null;
  /** Asking for less may work. */
  readonly tooMuch: boolean;

  constructor(
    trouble: ForgeTrouble,
    message: string,
    hint: string,
    more: { readonly until?: Date | null; readonly tooMuch?: boolean } = {},
  ) {
    super('forge', message, hint);
    this.name = 'ForgeError';
    this.trouble = trouble;
    this.until = more.until ?? null;
    this.tooMuch = more.tooMuch ?? false;
  }
}
