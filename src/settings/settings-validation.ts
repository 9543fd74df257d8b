// Data against the declaration: which key is not one, which value is not of its kind. One trouble at a time, the first.

import { failure, type Result, success } from '../domain/result.ts';
import { type AnyKey, type AnyNode, SETTINGS } from './settings-keys.ts';
import { isPlainTable } from './settings-leaves.ts';
import type { SettingsTable } from './settings-table.ts';

/** Which key, and in one clause what is wrong with it. `knownKeys` is not null where the key itself is. */
export interface SchemaTrouble {
  readonly path: readonly string[];
  readonly reason: string;
  readonly knownKeys: readonly string[] | null;
}

/** The first key that is wrong decides: one sentence at a time is what people can act on. */
export function parseSettingsTable(data: unknown): Result<SettingsTable, SchemaTrouble> {
  const parsed = parseNode(SETTINGS, data, []);
  // What SETTINGS declares is typed by SettingsTable, key by key; here the two meet.
  return parsed.ok ? success(parsed.value as SettingsTable) : parsed;
}

function parseNode(node: AnyNode, data: unknown, path: readonly string[]): Result<unknown, SchemaTrouble> {
  if (node.node !== 'key') return parseTable(node, data, path);
  const parsed = node.kind.parse(data);
  return parsed.ok ? parsed : failure({ path, reason: parsed.error, knownKeys: null });
}

function parseTable(
  node: Exclude<AnyNode, AnyKey>,
  data: unknown,
  path: readonly string[],
): Result<object, SchemaTrouble> {
  if (!isPlainTable(data)) {
    const example = node.node === 'table' ? path : [...path, 'NAME'];
    return failure({ path, reason: `a table is expected, as in [${example.join('.')}]`, knownKeys: null });
  }
  const pairs: [string, unknown][] = [];
  for (const [name, value] of Object.entries(data)) {
    const inside = [...path, name];
    const below = nodeAt(node, name);
    if (below === undefined)
      return failure({ path: inside, reason: 'is not a setting', knownKeys: keysOf(node) });
    const parsed = parseNode(below, value, inside);
    if (!parsed.ok) return parsed;
    pairs.push([name, parsed.value]);
  }
  return success(Object.fromEntries(pairs));
}

/** undefined: there is no such key. */
function nodeAt(node: Exclude<AnyNode, AnyKey>, name: string): AnyNode | undefined {
  if (node.node === 'named') return node.each;
  return Object.hasOwn(node.entries, name) ? node.entries[name] : undefined;
}

const keysOf = (node: AnyNode): readonly string[] => (node.node === 'table' ? Object.keys(node.entries) : []);
