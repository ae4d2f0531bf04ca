export { killMoves } from './kill-moves.ts';
export { fastForward, rota } from './landings.ts';
export { raceSaves } from './race.ts';
export { killTable, raceTable } from './tables.ts';
