import type { Fault } from '../support/fault.ts';
import type { Step } from './trial.ts';

/** A changing step: it has a number. */
type ChangingStep = Step & { readonly n: number };

/**
 * Everything that is tried at a step. Death before a step is death after the one before it, for what is on disk: it is tried
 * by itself for the first step, and where another changing call was under way.
 */
export function faultsAt(step: ChangingStep, first: boolean, seed: number): Fault[] {
  const { n: at, label, overlaps } = step;
  const deaths: Fault[] = [
    ...(first || overlaps ? [{ kind: 'death', at, when: 'before' } as const] : []),
    { kind: 'death', at, when: 'after' },
  ];
  if (label.startsWith('processTable')) return deaths;
  const error = { kind: 'error', at, variant: at + seed, effect: false } as const;
  return [
    ...deaths,
    { ...error, persistent: false },
    { ...error, persistent: true },
    // Done, and the answer is lost.
    ...(/^git (push|update-ref)/.test(label)
      ? [
          { ...error, persistent: false, effect: true },
          { ...error, persistent: true, effect: true },
        ]
      : []),
  ];
}

/** The fault as a person reads it. */
export function faultInWords(fault: Fault): string {
  if (fault.kind === 'none') return 'no fault';
  if (fault.kind === 'death') return `death ${fault.when} step ${String(fault.at)}`;
  const often = fault.persistent ? 'from there on' : 'once';
  return `error at step ${fault.at} ${often}${fault.effect ? ', after it was done' : ''}`;
}
