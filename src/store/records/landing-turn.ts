import type { System } from '../../system/ports.ts';
import type { Identity } from '../identity.ts';
import type { Neutral } from '../neutral.ts';
import type { Repository } from '../repository.ts';
import { writeDocument } from './write-document.ts';

/** The ref of whoever lands in turn among the machines. It saves gates that would run in vain, and proves nothing. */
export const LANDING_REF = 'refs/rota/landing';

/**
 * Writes what says whose turn it is, for people who look at the ref; each one is new (its nonce).
 *
 * @returns its token
 */
export function writeLandingTurn(
  at: {
    readonly system: System;
    readonly repository: Repository;
    readonly neutral: Neutral;
    readonly identity: Identity;
  },
  run: string,
): Promise<string> {
  const { random, machine } = at.system;
  const text = `${JSON.stringify({ v: 1, run, host: machine.host, nonce: random.id() })}\n`;
  return writeDocument(at, { name: 'landing.json', text, parents: [], message: 'rota: landing\n' });
}
