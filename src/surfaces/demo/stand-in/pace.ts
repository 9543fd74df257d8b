// How fast a long loop may go: a delay per step, and now and then a moment for everybody else.

import { setImmediate, setTimeout } from 'node:timers/promises';

/** Steps between two looks at sockets and signals; a step is some 10 us. */
const STEPS_PER_TURN = 64;
/** Timers are no finer: shorter delays are saved up. */
const FINEST_DELAY_MS = 1;

/** Called once a step; what it returns is awaited, and is null where nothing is due. */
export type Pace = () => Promise<void> | null;

/** `delayMs` per step, 0: as fast as it goes. Fractions add up. */
export function paceOf(delayMs: number): Pace {
  let [steps, owedMs] = [0, 0];
  return () => {
    steps += 1;
    owedMs += delayMs;
    if (owedMs >= FINEST_DELAY_MS) {
      const dueMs = Math.floor(owedMs);
      owedMs -= dueMs;
      return setTimeout(dueMs);
    }
    return steps % STEPS_PER_TURN === 0 ? setImmediate() : null;
  };
}
