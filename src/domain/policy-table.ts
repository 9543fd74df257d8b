// decide as one lookup: what the tick uses, so that it builds no object and takes no branch between reading and acting.

import { decide } from './guard-decision.ts';
import { BANDS, type Band, PHASES, type Phase, phaseIndex } from './lifecycle.ts';

/** The three yes-or-no inputs, as the same bits a record carries. */
export const FLAG_RISING = 1;
export const FLAG_DWELT = 2;
export const FLAG_CONFIRMED = 4;
const FLAG_COMBINATIONS = 8;

/** How the daemon takes an end: bits beside the flags, since they are the daemon's and not a look's. */
export const TAKES_TERM = 1;
export const TAKES_KILL = 2;
const END_COMBINATIONS = 4;

/** Bits below this shift are the phase, those above it the actions. */
const ACTIONS_SHIFT = 4;
const PHASE_MASK = 15;

/** Where (phase, band, flags) of a daemon that takes `ends` stands in the table; `flags` may carry more bits than the three. */
export const tableIndex = (phase: number, band: number, flags: number, ends: number): number =>
  ((phase * BANDS.length + band) * FLAG_COMBINATIONS + (flags & (FLAG_COMBINATIONS - 1))) * END_COMBINATIONS +
  ends;

/** The index of the phase to be in. */
export const entryPhase = (entry: number): number => entry & PHASE_MASK;
/** The bits of ACTIONS to carry out; 0: none. */
export const entryActions = (entry: number): number => entry >> ACTIONS_SHIFT;

/** One entry per (phase, band, rising, dwelt, confirmed, takes TERM, takes KILL): phase index and actions. */
export function compileTable(): Uint16Array {
  const entries = PHASES.flatMap((phase) =>
    BANDS.flatMap((band) =>
      numbersBelow(FLAG_COMBINATIONS).flatMap((flags) =>
        numbersBelow(END_COMBINATIONS).map((ends) => entryFor({ phase, band, flags, ends })),
      ),
    ),
  );
  return Uint16Array.from(entries);
}

const numbersBelow = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

interface Place {
  readonly phase: Phase;
  readonly band: Band;
  readonly flags: number;
  readonly ends: number;
}

function entryFor({ phase, band, flags, ends }: Place): number {
  const decision = decide({
    phase,
    band,
    isRising: (flags & FLAG_RISING) !== 0,
    hasDwelt: (flags & FLAG_DWELT) !== 0,
    isConfirmed: (flags & FLAG_CONFIRMED) !== 0,
    isTermSafe: (ends & TAKES_TERM) !== 0,
    isKillSafe: (ends & TAKES_KILL) !== 0,
  });
  return phaseIndex(decision.phase) | (decision.actions << ACTIONS_SHIFT);
}
