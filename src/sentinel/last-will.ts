// What the tick speaks to about its own end: the keeper, once there is one.

import type { Keeper } from './keeper.ts';

export class LastWill {
  /** null: nobody ends a pause when this process is gone, but the next start. */
  keeper: Keeper | null = null;

  /** What is to happen then: continue the daemon, or end it; S: nothing, but for a death. One write; false: nobody heard it. */
  tell(will: 'C' | 'K' | 'S'): boolean {
    return this.keeper?.tell(will) ?? false;
  }
}
