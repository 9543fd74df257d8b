// On which device a tree's root lies: one stat of the root, never of what is in it.

import { statSync } from 'node:fs';

/** st_dev; 0 (no device has that number) when the root cannot be looked at. */
export function readDevice(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.dev ?? 0;
}
