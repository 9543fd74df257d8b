// One of our processes at a time delivers: a file that names it, which counts for nothing once that process is gone.

import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectoryPath } from '../../kernel/directory-path.ts';
import { errnoOf } from '../../kernel/errno.ts';
import { isAlive, readProcessPlace } from '../../kernel/process-place.ts';

/**
 * true: it is ours now, or was. Where nothing can be written nobody else keeps anything either, so that counts as ours; two
 * that take the lock of a dead one at the same instant both deliver, and an alert comes twice.
 */
export function takeLock(path: string): boolean {
  const own = `${process.pid} ${readProcessPlace('self')?.startTicks ?? 0}`;
  const draft = `${path}.${process.pid}`;
  try {
    makeDirectoryPath(dirname(path));
    writeFileSync(draft, own, { mode: 0o600 });
    if (linked(draft, path)) return true;
    if (isHeld(path, own)) return readLock(path) === own;
    rmSync(path, { force: true });
    return linked(draft, path);
  } catch {
    return true;
  } finally {
    removeQuietly(draft);
  }
}

export function leaveLock(path: string): void {
  const own = `${process.pid} ${readProcessPlace('self')?.startTicks ?? 0}`;
  if (readLock(path) === own) removeQuietly(path);
}

function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function isHeld(path: string, own: string): boolean {
  const holder = readLock(path);
  if (holder === own) return true;
  const [pid = 0, startTicks = 0] = holder.split(' ').map(Number);
  const place = pid > 0 ? readProcessPlace(pid) : null;
  return isAlive(place) && place.startTicks === startTicks;
}

function readLock(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A lock of a process that is gone counts for nothing.
  }
}
