// Writes to cgroup files that the kernel answers by reclaiming, for seconds: memory.high, memory.reclaim, force_empty.
// Such a write stands in a thread of libuv's, never on the main one.

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { errnoOf } from '../kernel/errno.ts';

/** The errno, EAGAIN where memory.reclaim freed less than was asked; null: written. Never rejects. */
export async function writeCgroupFileSlowly(path: string, value: string): Promise<string | null> {
  try {
    const file = await open(path, constants.O_WRONLY);
    try {
      await file.write(`${value}\n`);
    } finally {
      await file.close();
    }
    return null;
  } catch (error) {
    return errnoOf(error);
  }
}
