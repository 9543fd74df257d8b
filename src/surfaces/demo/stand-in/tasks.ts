// As many tasks as a daemon with its own threads has, without giving them anything to do.

import { readdirSync } from 'node:fs';
import { stat } from 'node:fs/promises';

/**
 * Brings this process to `total` tasks, where it has fewer. libuv starts its whole pool with the first file operation
 * and reads its size then, so this must come before any other.
 */
export async function reachTasks(total: number): Promise<void> {
  const present = readdirSync('/proc/self/task').length;
  process.env['UV_THREADPOOL_SIZE'] = String(Math.max(1, total - present));
  await stat('/');
}
