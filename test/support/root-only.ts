// Tests that need root say so aloud where they cannot run, and fail where they must.

import { test } from 'vitest';

/** Why a test that needs root is left out here; null where it can run. */
const reason: string | null = process.getuid?.() === 0 ? null : 'needs root';

/** A test of real mounts, users and cgroups. */
export function rootTest(title: string, run: () => void | Promise<void>): void {
  test(title, async () => {
    if (reason === null) return run();
    if (process.env['CI']) throw new Error(`${title}: ${reason}`);
    process.stderr.write(`SKIPPED: ${title}: ${reason}\n`);
  });
}
