// An order to a guard that has no daemon just now, and so perhaps no companion: a slip in its directory, which it looks for
// once a second.

import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type GuardOrder, ORDER_SLIP, renderGuardOrder } from '../../formats/control-message.ts';

/** Five of its looks: on a busy machine one may be late. */
const TAKEN_WITHIN_MS = 5_000;
const LOOK_MS = 50;

/** Whether the guard has taken it; what it does not take is taken back. An error where nothing may be written there. */
export async function leaveSlip(directory: string, order: GuardOrder): Promise<boolean> {
  const path = join(directory, ORDER_SLIP);
  // Readable by a guard of another user whom root tells; nobody else may enter its directory.
  writeFileSync(`${path}.new`, renderGuardOrder(order), { mode: 0o644 });
  renameSync(`${path}.new`, path);
  for (let waitedMs = 0; waitedMs < TAKEN_WITHIN_MS && existsSync(path); waitedMs += LOOK_MS)
    await pause(LOOK_MS);
  const isTaken = !existsSync(path);
  rmSync(path, { force: true });
  return isTaken;
}
