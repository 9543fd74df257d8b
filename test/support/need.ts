// What a test needs of the machine. Without it the test says so aloud, and where CI is set it fails.
import { accessSync, constants, existsSync } from 'node:fs';

/** true when the need is met; else `SKIPPED: reason` on standard error, or an error under CI. */
export function isMet(isThere: boolean, reason: string): boolean {
  if (isThere) return true;
  if (process.env['CI']) throw new Error(`CI must be able to test this: ${reason}`);
  process.stderr.write(`SKIPPED: ${reason}\n`);
  return false;
}

export const hasProgram = (name: string): boolean =>
  (process.env['PATH'] ?? '').split(':').some((directory) => existsSync(`${directory}/${name}`));

export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
