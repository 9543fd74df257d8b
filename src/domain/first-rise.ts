// openvz-042, dcachesize: held is every cached dentry, so that shares of the limit mean nothing, but once.
// Knows: held, maxheld, the limit and, once counted, the daemon's pins. May not know: how pins are counted.
//
// As long as maxheld has never come near the limit, nothing was reclaimed at it, and held bounds what is pinned:
// a first rise may pause, which can be taken back, and then the pins are counted once.
//
//   armed --held in the pause band--> asking --pins at least half of held--> pinned (shares of held go on counting)
//     ^ at start, maxheld < 95 %        |  \--cannot be counted--> uncounted (the same, unconfirmed)
//                                       |---pins below half--> cache (only failcnt counts)
//   cache: at start, maxheld >= 95 %;  cache --failcnt grew--> asking

import { bandIndex } from './lifecycle.ts';

export type RiseState = 'armed' | 'asking' | 'pinned' | 'uncounted' | 'cache';

/** What held may have reached while it still bounds the pins: reclaim on this kernel begins at the limit alone. */
const FIRST_RISE_BELOW = 0.95;
/** Pins that explain so much of held are why it is high. */
const EXPLAINS_FROM = 0.5;
const PAUSE = bandIndex('pause');

/** What held of one row may be taken for; `look` after every reading. */
export class FirstRise {
  state: RiseState = 'armed';
  /** In the row's unit; -1: not counted. */
  pins = -1;

  /** `maxheld` at the daemon's start; -1: not known, then held itself speaks. */
  begin(maxheld: number, held: number, wall: number): void {
    this.state = Math.max(maxheld, held) < FIRST_RISE_BELOW * wall ? 'armed' : 'cache';
  }

  /** Whether shares of the limit mean anything now. */
  hasBands(): boolean {
    return this.state !== 'cache';
  }

  look(band: number, hasFailed: boolean): void {
    const isRise = this.state === 'armed' && band >= PAUSE;
    if (isRise || (this.state === 'cache' && hasFailed)) this.state = 'asking';
  }

  /** The answer to `asking`; below 0: they could not be counted. */
  count(pins: number, held: number): void {
    this.pins = pins;
    if (pins < 0) this.state = 'uncounted';
    else this.state = pins >= EXPLAINS_FROM * held ? 'pinned' : 'cache';
  }
}
