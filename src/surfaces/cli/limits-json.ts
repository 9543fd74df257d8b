// `syncguard limits --json`: schema syncguard/limits/1.

import { wallOf } from '../../domain/wall.ts';
import { renderJson } from './json-text.ts';
import type { Reading } from './limits-reading.ts';

export const renderLimitsJson = (readings: readonly Reading[]): string =>
  renderJson({
    schema: 'syncguard/limits/1',
    subjects: readings.map(({ title, snapshot, notes }) => ({
      subject: title,
      platform: snapshot.platform,
      resources: snapshot.resources.map((resource) => {
        const { value, name } = wallOf(resource, snapshot.platform.id);
        return { ...resource, wall: value, wallName: name };
      }),
      gaps: snapshot.gaps,
      notes,
    })),
  });
