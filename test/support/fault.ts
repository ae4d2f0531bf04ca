/** What is to happen at a changing step, counted from 1. */
export type Fault =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'death';
      readonly at: number | ((label: string) => boolean);
      readonly when: 'before' | 'after';
    }
  /**
   * Once, or at every changing step of the same kind from there on. `effect`: the step is done, and its error reported
   * all the same. `variant`: which of the errors that fit.
   */
  | {
      readonly kind: 'error';
      readonly at: number;
      readonly persistent: boolean;
      readonly effect: boolean;
      readonly variant: number;
    };
