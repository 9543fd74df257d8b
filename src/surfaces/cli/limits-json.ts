// `syncguard limits --json`: schema syncguard/limits/1.

import type { Snapshot } from '../../domain/snapshot.ts';
import { wallOf } from '../../domain/wall.ts';
import { fullestRow } from '../../domain/wall-share.ts';
import { renderJson } from './json-text.ts';
import type { Reading } from './limits-reading.ts';

/** The row with least headroom and how full its wall is, 0 .. 1 and beyond; null: no row has a wall. */
function fullestOf({ resources, platform }: Snapshot): unknown {
  const fullest = fullestRow(resources, platform.id);
  return fullest === null ? null : { name: fullest.row.name, scope: fullest.row.scope, share: fullest.share };
}

export const renderLimitsJson = (readings: readonly Reading[]): string =>
  renderJson({
    schema: 'syncguard/limits/1',
    subjects: readings.map(({ title, snapshot, notes }) => ({
      subject: title,
      fullest: fullestOf(snapshot),
      platform: snapshot.platform,
      resources: snapshot.resources.map((resource) => {
        const { value, name } = wallOf(resource, snapshot.platform.id);
        return { ...resource, wall: value, wallName: name };
      }),
      gaps: snapshot.gaps,
      notes,
    })),
  });
