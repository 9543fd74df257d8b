// The v2 freezer (Documentation/admin-guide/cgroup-v2.rst): no controller is needed, so an empty hierarchy serves.
// A frozen process dies of KILL as it stands. cgroup.kill since 5.14; cgroup.freeze since 5.2.

import { dirname } from 'node:path';
import { type Result, success } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';
import { decimalAfter, keyBytes } from '../formats/tick-decimal.ts';
import { type HeldFile, openHeld, openHeldWriter } from '../kernel/held-file.ts';
import { type Freezer, wordBytes } from './freezer.ts';

const ON = wordBytes('1');
const OFF = wordBytes('0');
const FROZEN_KEY = keyBytes('frozen');
/** cgroup.events has two lines today (`populated 0`, `frozen 0`), 21 bytes. */
const EVENTS_BYTES = 256;
const SWITCH_BYTES = 16;
const ONE = 0x31;

/** A Gap where `directory` is no v2 cgroup that can be frozen, or may not be written. */
export function openUnifiedFreezer(directory: string): Result<Freezer, Gap> {
  const writer = openHeldWriter(`${directory}/cgroup.freeze`);
  if (!writer.ok) return writer;
  const own = openHeld(`${directory}/cgroup.freeze`, SWITCH_BYTES);
  if (!own.ok) return own;
  const events = openHeld(`${directory}/cgroup.events`, EVENTS_BYTES);
  if (!events.ok) return events;
  const killer = openHeldWriter(`${directory}/cgroup.kill`);
  const above = openSwitchesAbove(directory);
  const held = writer.value;
  return success({
    kind: 'unified',
    directory,
    get trouble() {
      return `${held.path}: ${held.errno}`;
    },
    freeze: () => held.write(ON),
    thaw: () => held.write(OFF),
    // The kernel takes nothing but 1 (kernel/cgroup/cgroup.c, cgroup_kill_write: ERANGE), so 0 is the act that ends nobody.
    kill: killer.ok ? (isRehearsal) => killer.value.write(isRehearsal ? OFF : ON) : null,
    isFrozen: () =>
      events.value.read() && decimalAfter(events.value.buffer, events.value.length, FROZEN_KEY) === 1,
    isSwitchedOn: () => isOn(own.value),
    isFrozenAbove: () => isAnyOn(above),
    close() {
      for (const file of [held, own.value, events.value, ...above]) file.close();
      if (killer.ok) killer.value.close();
    },
  });
}

/** The switches of the cgroups above, as far as they are seen from here; the hierarchy's root has none. */
function openSwitchesAbove(directory: string): HeldFile[] {
  const switches: HeldFile[] = [];
  for (let above = dirname(directory); ; above = dirname(above)) {
    const file = openHeld(`${above}/cgroup.freeze`, SWITCH_BYTES);
    if (!file.ok) return switches;
    switches.push(file.value);
  }
}

const isOn = (file: HeldFile): boolean => file.read() && file.buffer[0] === ONE;

function isAnyOn(files: readonly HeldFile[]): boolean {
  for (let index = 0; index < files.length; index++) {
    const file = files[index];
    if (file !== undefined && isOn(file)) return true;
  }
  return false;
}
