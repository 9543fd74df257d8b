// Which folders a degraded start had paused and not yet released, kept across restarts of daemon, guard and machine.

import { join } from 'node:path';
import type { Result } from '../domain/result.ts';
import { readStateFile, writeStateFile } from '../kernel/state-file.ts';

const FILE = 'held-back.json';

/** Folder ids by the path of the configuration they stand in. */
type HeldBack = Readonly<Record<string, readonly string[]>>;

export function readHeldBack(stateDirectory: string, configPath: string): readonly string[] {
  const ids = readAll(stateDirectory)[configPath];
  return Array.isArray(ids) ? ids.filter((id): id is string => typeof id === 'string') : [];
}

export function writeHeldBack(
  stateDirectory: string,
  configPath: string,
  ids: readonly string[],
): Result<null, string> {
  return writeStateFile(join(stateDirectory, FILE), { ...readAll(stateDirectory), [configPath]: ids });
}

function readAll(stateDirectory: string): HeldBack {
  const value = readStateFile(join(stateDirectory, FILE));
  return typeof value === 'object' && value !== null ? (value as HeldBack) : {};
}
