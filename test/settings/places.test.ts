import { describe, expect, it } from 'vitest';
import { runtimeDirectory, stateDirectory } from '../../src/settings/places.ts';

const USER = { home: '/home/ann', isRoot: false, uid: 1000 };

describe('a place of ours', () => {
  it('is of several that a service manager gives the one called syncguard, else the first', () => {
    const environment = {
      STATE_DIRECTORY: '/var/lib/sync:/var/lib/syncguard-sync',
      RUNTIME_DIRECTORY: '/run/sync:/run/syncguarded',
    };
    expect(stateDirectory({ ...USER, environment })).toBe('/var/lib/syncguard-sync');
    expect(runtimeDirectory({ ...USER, environment })).toBe('/run/sync');
  });

  it("is the user's own where none is given", () => {
    expect(stateDirectory({ ...USER, environment: { STATE_DIRECTORY: '' } })).toBe(
      '/home/ann/.local/state/syncguard',
    );
    expect(runtimeDirectory({ ...USER, environment: {} })).toBe('/tmp/syncguard-1000');
  });
});
