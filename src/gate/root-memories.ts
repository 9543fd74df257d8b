// The roots as they were at their last start, kept across restarts and reboots.

import { join } from 'node:path';
import type { RootMemory } from '../domain/root-memory.ts';
import { readStateFile, writeStateFile } from '../kernel/state-file.ts';

const SCHEMA = 'syncguard/roots/1';

const fileOf = (directory: string): string => join(directory, 'roots.json');

/** [] when there is no file, or one that is damaged or foreign. */
export function readRootMemories(directory: string): RootMemory[] {
  const kept = readStateFile(fileOf(directory));
  if (!isKept(kept)) return [];
  return kept.roots.filter(isMemory);
}

/** The newer memory of a path replaces the older, and those of `forgotten` go; best effort, as a start must not fail for want of a note about it. */
export function writeRootMemories(
  directory: string,
  newer: readonly RootMemory[],
  forgotten: readonly string[],
): void {
  const paths = new Set([...forgotten, ...newer.map(({ path }) => path)]);
  const kept = readRootMemories(directory).filter(({ path }) => !paths.has(path));
  writeStateFile(fileOf(directory), { schema: SCHEMA, roots: [...kept, ...newer] });
}

function isKept(value: unknown): value is { schema: string; roots: unknown[] } {
  if (typeof value !== 'object' || value === null || !('schema' in value) || !('roots' in value))
    return false;
  return value.schema === SCHEMA && Array.isArray(value.roots);
}

const isPairs = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(Number.isSafeInteger));

function isMemory(value: unknown): value is RootMemory {
  if (typeof value !== 'object' || value === null) return false;
  const { path, device, files, directories, others, excludedDirectories, leafNames, directoryNames, rules } =
    value as Record<string, unknown>;
  const isTexts = typeof path === 'string' && typeof rules === 'string';
  return (
    isTexts &&
    [device, files, directories, others, excludedDirectories].every(Number.isSafeInteger) &&
    isPairs(leafNames) &&
    isPairs(directoryNames)
  );
}
