// The v1 freezer (Documentation/admin-guide/cgroup-v1/freezer-subsystem.rst).
// A task that sleeps in the kernel freezes when it comes back, so the state is FREEZING for a while; KILL reaches a frozen
// task only once it is thawed.

import { type Result, success } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';
import { type HeldFile, openHeld, openHeldWriter } from '../kernel/held-file.ts';
import { type Freezer, wordBytes } from './freezer.ts';

const FROZEN = wordBytes('FROZEN');
const THAWED = wordBytes('THAWED');
/** `FREEZING\n` and room behind it. */
const STATE_BYTES = 32;
const LETTER_Z = 0x5a;
/** FRO(Z)EN, against FRE(E)ZING and THA(W)ED. */
const FROZEN_LETTER = 3;
const ONE = 0x31;

/** A Gap where `directory` is no cgroup of a v1 freezer, or may not be written. */
export function openLegacyFreezer(directory: string): Result<Freezer, Gap> {
  const writer = openHeldWriter(`${directory}/freezer.state`);
  if (!writer.ok) return writer;
  const state = openHeld(`${directory}/freezer.state`, STATE_BYTES);
  if (!state.ok) return state;
  const own = openHeld(`${directory}/freezer.self_freezing`, STATE_BYTES);
  if (!own.ok) return own;
  const above = openHeld(`${directory}/freezer.parent_freezing`, STATE_BYTES);
  if (!above.ok) return above;
  const held = writer.value;
  return success({
    kind: 'legacy-freezer',
    directory,
    get trouble() {
      return `${held.path}: ${held.errno}`;
    },
    freeze: () => held.write(FROZEN),
    thaw: () => held.write(THAWED),
    kill: null,
    isFrozen: () => state.value.read() && state.value.buffer[FROZEN_LETTER] === LETTER_Z,
    isSwitchedOn: () => isOn(own.value),
    isFrozenAbove: () => isOn(above.value),
    close() {
      for (const file of [held, state.value, own.value, above.value]) file.close();
    },
  });
}

const isOn = (file: HeldFile): boolean => file.read() && file.buffer[0] === ONE;
