// The settings one by one: every key of the declaration that has a fixed place, and what stands there.

import type { Written } from './kinds.ts';
import { type AnyKey, type AnyNode, SETTINGS } from './settings-keys.ts';
import type { SettingsTable } from './settings-table.ts';

export interface Leaf {
  readonly path: readonly string[];
  /** Dotted, as people write it: `restart.at`. */
  readonly name: string;
  readonly key: AnyKey;
}

function leavesBelow(node: AnyNode, path: readonly string[]): Leaf[] {
  if (node.node === 'key') return [{ path, name: path.join('.'), key: node }];
  if (node.node === 'named') return [];
  return Object.entries(node.entries).flatMap(([name, below]) => leavesBelow(below, [...path, name]));
}

/** All but those below `daemon`, whose names are the user's. */
export const LEAVES: readonly Leaf[] = leavesBelow(SETTINGS, []);

/** The keys of `[daemon.NAME]`. */
export const daemonLeaves = (name: string): readonly Leaf[] =>
  leavesBelow(SETTINGS.entries.daemon.each, ['daemon', name]);

/** Every leaf that a table may have a value at, the daemons it names among them. */
export const leavesOf = ({ daemon = {} }: SettingsTable): readonly Leaf[] => [
  ...LEAVES,
  ...Object.keys(daemon).flatMap(daemonLeaves),
];

/** As TOML: a basic string is one of JSON, but for DEL. */
export const renderValue = (value: Written): string =>
  typeof value === 'object'
    ? `[${value.map((each) => renderValue(each)).join(', ')}]`
    : JSON.stringify(value).replaceAll('\x7f', '\\u007f');

/** What stands at `path`; undefined: nothing. */
export function valueAt(table: unknown, path: readonly string[]): unknown {
  let value: unknown = table;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}

/** A table with `value` at `path` alone. */
export const tableWith = (path: readonly string[], value: unknown): object => {
  const [name = '', ...rest] = path;
  return { [name]: rest.length === 0 ? value : tableWith(rest, value) };
};

export const isPlainTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** `above` over `below`, key by key; a list is one value. What `below` says is never taken away. */
export function overTable<Below extends object>(below: Below, above: object): Below {
  const pairs = Object.entries(above).map(([name, value]): [string, unknown] => {
    const under: unknown = Object.hasOwn(below, name) ? Reflect.get(below, name) : undefined;
    return [name, isPlainTable(value) && isPlainTable(under) ? overTable(under, value) : value];
  });
  return Object.fromEntries([...Object.entries(below), ...pairs]) as Below;
}
