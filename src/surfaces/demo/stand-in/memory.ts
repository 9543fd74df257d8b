// Anonymous memory that is really there: filled with noise, touched again and again, so that no swap and no
// compression takes it away.

import { randomFillSync } from 'node:crypto';

/** Small beside any amount that is asked for, large beside an allocation's own cost. */
const BLOCK_BYTES = 1024 * 1024;
const PAGE_BYTES = 4096;
const TOUCH_INTERVAL_MS = 1000;

export interface Retained {
  /** Takes `bytes` more and keeps them; fractions of a block are taken once they fill one. */
  hold(bytes: number): void;
  heldBytes(): number;
}

export function retainMemory(): Retained {
  const blocks: Buffer[] = [];
  let owedBytes = 0;
  const touch = (): void => {
    for (const block of blocks)
      for (let at = 0; at < block.length; at += PAGE_BYTES) block[at] = (block[at] ?? 0) + 1;
  };
  setInterval(touch, TOUCH_INTERVAL_MS).unref();
  return {
    hold(bytes) {
      for (owedBytes += bytes; owedBytes >= BLOCK_BYTES; owedBytes -= BLOCK_BYTES)
        blocks.push(randomFillSync(Buffer.allocUnsafeSlow(BLOCK_BYTES)));
    },
    heldBytes: () => blocks.length * BLOCK_BYTES,
  };
}

/** So short that a cap is met in small steps, so long that a timer's own lateness does not matter. */
const RAMP_INTERVAL_MS = 20;

/** Takes `bytesPerSecond` until `limitBytes` are held. */
export function rampMemory(retained: Retained, bytesPerSecond: number, limitBytes: number): void {
  const startedAt = performance.now();
  const before = retained.heldBytes();
  let takenBytes = 0;
  const timer = setInterval(() => {
    const dueBytes = Math.min(((performance.now() - startedAt) / 1000) * bytesPerSecond, limitBytes - before);
    if (dueBytes > takenBytes) retained.hold(dueBytes - takenBytes);
    takenBytes = Math.max(takenBytes, dueBytes);
    if (takenBytes >= limitBytes - before) clearInterval(timer);
  }, RAMP_INTERVAL_MS);
}
