// What one reading of the configuration has that another had not, and when a running guard follows it.

import { type Leaf, leavesOf, renderValue, valueAt } from './settings-leaves.ts';
import type { SettingsTable } from './settings-table.ts';

export interface SettingChange {
  /** Dotted. */
  readonly name: string;
  /** As TOML; null: it is not said. */
  readonly from: string | null;
  readonly to: string | null;
  /** false: only the daemon's next start follows it. */
  readonly isLive: boolean;
}

/** In the order of the declaration, daemons last. */
export function changesBetween(before: SettingsTable, after: SettingsTable): SettingChange[] {
  const leaves = new Map([...leavesOf(before), ...leavesOf(after)].map((leaf) => [leaf.name, leaf]));
  return [...leaves.values()].flatMap((leaf) => {
    if (said(leaf, before) === said(leaf, after)) return [];
    const [from, to] = [shown(leaf, before), shown(leaf, after)];
    return [{ name: leaf.name, from, to, isLive: leaf.key.effect === 'at once' }];
  });
}

function said({ path, key }: Leaf, table: SettingsTable): string | null {
  const value = valueAt(table, path);
  return value === undefined ? null : renderValue(key.kind.write(value));
}

/** As `said`, but for secrets: a log is read by others. */
function shown(leaf: Leaf, table: SettingsTable): string | null {
  const value = valueAt(table, leaf.path);
  return value === undefined ? null : (leaf.key.kind.show?.(value) ?? said(leaf, table));
}

/** `stop_at "95%" -> "92%"`. */
export const renderChange = ({ name, from, to }: SettingChange): string =>
  `${name} ${from ?? 'unsaid'} -> ${to ?? 'unsaid'}`;
