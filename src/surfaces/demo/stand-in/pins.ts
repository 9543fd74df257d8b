// Pins entries of the tree as fast as the kernel lets it: a watch on each, and each file held open while descriptors last.

import { openSync, watch } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Counts } from './report.ts';

/** Between two looks at signals: long enough not to slow the rest, a few hundredths of a second. */
const PINS_PER_TURN = 2048;

export async function pinEverything(paths: Iterable<string>, counts: Counts): Promise<void> {
  let taken = 0;
  for (const path of paths) {
    if (tried(() => watch(path).on('error', () => {}))) counts.watches += 1;
    else counts.errors += 1;
    if (tried(() => openSync(path, 'r'))) counts.openFiles += 1;
    taken += 1;
    if (taken % PINS_PER_TURN === 0) await setImmediate();
  }
}

function tried(take: () => unknown): boolean {
  try {
    take();
    return true;
  } catch {
    // ENOSPC, EMFILE, ENOMEM: the wall it was sent to find.
    return false;
  }
}
