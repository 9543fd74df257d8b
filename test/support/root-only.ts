// Tests of real mounts, users and cgroups, which only root can make.

import { test } from 'vitest';
import { isMet } from './need.ts';

/** A test that is left out aloud, or fails under CI, where this process is not root. */
export function rootTest(title: string, run: () => void | Promise<void>): void {
  test(title, async () => {
    if (isMet(process.getuid?.() === 0, `needs root: ${title}`)) await run();
  });
}
