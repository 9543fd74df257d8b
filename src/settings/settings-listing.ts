// Every setting with its value and who said it, as one list: what `config show` prints.

import type { Written } from './kinds.ts';
import type { SettingsRead } from './settings-file.ts';
import type { Layer, Origin } from './settings-layers.ts';
import { leavesOf, overTable, valueAt } from './settings-leaves.ts';

export interface ListedSetting {
  readonly path: readonly string[];
  /** As TOML has it; null: it is not said, and has no default. */
  readonly value: Written | null;
  /** `value` is not what is said: that is nobody's to read. */
  readonly isHidden: boolean;
  /** null with a null value. */
  readonly origin: Origin | null;
  readonly doc: string;
}

/** `profile` is what the daemon's own profile says where nothing else does; null: no daemon is meant. */
export function listSettings({ table, origins }: SettingsRead, profile: Layer | null): ListedSetting[] {
  const whole = profile === null ? table : overTable(profile.table, table);
  return leavesOf(whole).map(({ path, name, key }) => {
    const value = valueAt(whole, path);
    if (value === undefined) return { path, value: null, isHidden: false, origin: null, doc: key.doc };
    const origin = origins[name] ?? profile?.origins[name] ?? null;
    const shown = key.kind.show?.(value) ?? null;
    return { path, value: shown ?? key.kind.write(value), isHidden: shown !== null, origin, doc: key.doc };
  });
}
