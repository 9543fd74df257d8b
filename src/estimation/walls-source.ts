// Whose walls the trees are held against: this machine's, a recorded one's, or a pasted table's.

import { SyncguardError } from '../domain/error.ts';
import { failure, type Result, success } from '../domain/result.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { snapshotOfBeancounters } from '../kernel/pasted-snapshot.ts';
import { readSnapshot } from '../kernel/snapshot-source.ts';
import type { EstimateRequest } from './request.ts';

export function readWalls(
  request: EstimateRequest,
  treePaths: readonly string[],
): Result<Snapshot, SyncguardError> {
  const { beancounters, platform, subject, sysroot } = request;
  const forced = platform === null ? {} : { platform };
  if (beancounters === null) return success(readSnapshot({ sysroot, subject, treePaths, ...forced }));
  const pasted = snapshotOfBeancounters(beancounters.text, platform ?? undefined);
  if (pasted.ok) return pasted;
  const { line, reason } = pasted.error;
  return failure(
    new SyncguardError(
      'bad-beancounters',
      `${beancounters.origin} is not a beancounter table: line ${line}, ${reason}.`,
      'save it whole, as root: cat /proc/user_beancounters > FILE',
    ),
  );
}
