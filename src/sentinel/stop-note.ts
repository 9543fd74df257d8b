// At which wall the guard ended its daemon: numbers in the moment of the act, words when it has ended and memory may be had.

import type { Judge } from '../domain/guard-observation.ts';
import { ruleIndex } from '../domain/lifecycle.ts';
import { type ResourceName, unitOf } from '../domain/resource.ts';
import { renderAmount } from '../formats/quantity-text.ts';
import type { Sensor } from '../kernel/sensor.ts';

const PINNED_EXCESS = ruleIndex('pinned-excess');

/** The first stop of one start. */
export class StopNote {
  isTaken = false;
  // Not 0: a first fraction would need a new shape, and so memory, in the moment of the act.
  #amount: number = Number.NaN;
  #wall: number = Number.NaN;
  #isHeld = false;
  #resource: ResourceName | null = null;

  take(judge: Judge, sensors: readonly Sensor[]): void {
    const sensor = sensors[judge.wallIndex];
    this.isTaken = true;
    // What the model takes for cache was not given back: judged would be a small number that explains nothing.
    this.#isHeld = judge.rule === PINNED_EXCESS;
    this.#amount = (this.#isHeld ? sensor?.held : sensor?.judged) ?? Number.NaN;
    this.#wall = sensor?.wall ?? Number.NaN;
    this.#resource = sensor?.resource ?? null;
  }

  /** `memory: 15.9 MiB of 16.0 MiB`; null: nothing was stopped. */
  render(): string | null {
    if (!this.isTaken) return null;
    if (this.#resource === null) return 'a wall';
    const unit = unitOf(this.#resource);
    const suffix = this.#isHeld ? ' held, and nothing of it came free' : '';
    return `${this.#resource}: ${renderAmount(this.#amount, unit)} of ${renderAmount(this.#wall, unit)}${suffix}`;
  }
}
