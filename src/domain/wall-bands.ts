// The thresholds of one wall, drawn anew only when the wall or the policy has changed.

import { bandOf, compileThresholds, type GuardThresholds } from './guard-thresholds.ts';
import type { Band } from './lifecycle.ts';
import type { Policy } from './policy.ts';

/** No wall is below 0. */
const NOT_DRAWN = -1;

/** A wall and a policy as thresholds. */
export class WallBands {
  /** In the row's own unit; Infinity: there is none. */
  wall: number = NOT_DRAWN;
  private policy: Policy;
  private readonly power: Band;
  private readonly admitted: number;
  private capped: GuardThresholds;
  private uncapped: GuardThresholds;

  constructor(policy: Policy, power: Band, admitted: number) {
    this.policy = policy;
    this.power = power;
    this.admitted = admitted;
    this.capped = compileThresholds({ policy, wall: Number.POSITIVE_INFINITY, power, admitted });
    this.uncapped = this.capped;
  }

  adopt(policy: Policy): void {
    this.policy = policy;
    this.wall = NOT_DRAWN;
  }

  /** Makes two objects when something changed, none on a calm tick. */
  draw(wall: number): void {
    if (wall === this.wall) return;
    this.wall = wall;
    const terms = { policy: this.policy, wall, admitted: this.admitted };
    this.capped = compileThresholds({ ...terms, power: this.power });
    this.uncapped = compileThresholds({ ...terms, power: 'stop' });
  }

  /** As far as the resource's power goes. */
  bandOf(level: number): number {
    return bandOf(level, this.capped);
  }

  /** As if it might stop. */
  uncappedBandOf(level: number): number {
    return bandOf(level, this.uncapped);
  }
}
