// Waiting at the limit is a brake only while reclaim can free something; what is pinned stays, and the daemon waits for ever.

import { parseOomControl } from '../formats/memory-events.ts';
import { readParsed } from '../kernel/kernel-file.ts';

/** A braked walk of 60 000 files over twice its limit was through in 0.8 s; a wait this long is not reclaim's. */
const HELD_POLLS = 30;
const POLL_MS = 1_000;

export const HELD_SECONDS: number = (HELD_POLLS * POLL_MS) / 1_000;

/** Calls `onHeld` once when the cgroup has been under OOM at every look for HELD_SECONDS; returns how to end the watch. */
export function watchForPinned(directory: string, onHeld: () => void): () => void {
  let held = 0;
  const timer = setInterval(() => {
    const control = readParsed('', `${directory}/memory.oom_control`, parseOomControl);
    held = control.ok && control.value.isUnderOom ? held + 1 : 0;
    if (held < HELD_POLLS) return;
    clearInterval(timer);
    onHeld();
  }, POLL_MS);
  return () => clearInterval(timer);
}
