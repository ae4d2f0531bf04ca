export { OUTCOMES, type Outcome } from '../events.ts';
