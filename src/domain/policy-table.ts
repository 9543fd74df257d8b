// decide as one lookup: what the tick uses, so that it builds no object and takes no branch between reading and acting.

import { decide } from './guard-decision.ts';
import { BANDS, PHASES, phaseIndex } from './lifecycle.ts';

/** The three yes-or-no inputs, as the same bits a record carries. */
export const FLAG_RISING = 1;
export const FLAG_DWELT = 2;
export const FLAG_CONFIRMED = 4;
const FLAG_COMBINATIONS = 8;

/** Bits below this shift are the phase, those above it the actions. */
const ACTIONS_SHIFT = 4;
const PHASE_MASK = 15;

/** Where (phase, band, flags) stands in the table; `flags` may carry more bits than the three. */
export const tableIndex = (phase: number, band: number, flags: number): number =>
  (phase * BANDS.length + band) * FLAG_COMBINATIONS + (flags & (FLAG_COMBINATIONS - 1));

/** The index of the phase to be in. */
export const entryPhase = (entry: number): number => entry & PHASE_MASK;
/** The bits of ACTIONS to carry out; 0: none. */
export const entryActions = (entry: number): number => entry >> ACTIONS_SHIFT;

/** One entry per (phase, band, rising, dwelt, confirmed): phase index and actions. */
export function compileTable(): Uint16Array {
  const table = new Uint16Array(PHASES.length * BANDS.length * FLAG_COMBINATIONS);
  PHASES.forEach((phase, phaseNumber) => {
    BANDS.forEach((band, bandNumber) => {
      for (let flags = 0; flags < FLAG_COMBINATIONS; flags++) {
        const decision = decide({
          phase,
          band,
          isRising: (flags & FLAG_RISING) !== 0,
          hasDwelt: (flags & FLAG_DWELT) !== 0,
          isConfirmed: (flags & FLAG_CONFIRMED) !== 0,
        });
        table[tableIndex(phaseNumber, bandNumber, flags)] =
          phaseIndex(decision.phase) | (decision.actions << ACTIONS_SHIFT);
      }
    });
  });
  return table;
}
