// Ways a daemon holds on to a tree, for tests of cost.
import type { PinningPattern } from '../../src/domain/cost-model.ts';
import type { Profile } from '../../src/domain/profile.ts';

export function pattern(
  per: Profile['watch']['per'],
  openFiles = 0,
  api: Profile['watch']['api'] = per === 'none' ? 'none' : 'inotify',
): PinningPattern {
  return {
    watch: { api, per },
    cost: { openFiles: { value: openFiles, errorPercent: 0 } },
  };
}
