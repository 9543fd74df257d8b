// What would change a refusal for want of memory: the smallest limit at which the same trees and daemon would be let in.

import type { Load } from '../domain/load.ts';
import type { Policy } from '../domain/policy.ts';
import { type ProjectionContext, project } from '../domain/projection.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { MiB } from '../domain/units.ts';
import { type Assessment, assess, type Brake, type Decision, decideStart } from '../domain/verdict.ts';

/** Beyond it nobody sets a limit for a sync daemon. */
const MOST_BYTES: number = 1024 * 1024 * MiB;

interface Judged {
  readonly decision: Decision;
  readonly assessment: Assessment;
}

interface Terms {
  readonly snapshot: Snapshot;
  readonly load: Load;
  readonly context: ProjectionContext;
  readonly policy: Policy;
  readonly brake: Brake;
}

/** Whole MiB that every smaller memory limit would have to be raised to; null: it is not memory that refuses, or 1 TiB is too small. */
export function limitThatWouldDo({ decision, assessment }: Judged, terms: Terms): number | null {
  const isMemory = assessment.binding?.projection.resource.name === 'memory';
  if (decision.verdict !== 'refuse' || !isMemory || !isLetIn(MOST_BYTES, terms)) return null;
  let tooSmall = 0;
  let enough = MOST_BYTES / MiB;
  while (enough - tooSmall > 1) {
    const between = Math.floor((tooSmall + enough) / 2);
    if (isLetIn(between * MiB, terms)) enough = between;
    else tooSmall = between;
  }
  return enough * MiB;
}

/** Whether the memory walls, all of them at least so high, would let it in. */
function isLetIn(leastBytes: number, { snapshot, load, context, policy, brake }: Terms): boolean {
  const resources = snapshot.resources.map((row) =>
    row.name === 'memory' && row.limit !== null && row.limit < leastBytes
      ? { ...row, limit: leastBytes }
      : row,
  );
  const whatIf = context.walls.get('memory');
  const walls = new Map(context.walls);
  if (whatIf !== undefined) walls.set('memory', Math.max(whatIf, leastBytes));
  const rows = project({ ...snapshot, resources }, load, { ...context, walls });
  const ofMemory = rows.filter(({ resource }) => resource.name === 'memory');
  return decideStart(assess(ofMemory, [], policy), brake, 'whole').verdict !== 'refuse';
}
