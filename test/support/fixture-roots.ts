// Roots of a daemon, from a recorded machine or one written for a test.
import { join } from 'node:path';
import { findProfile, type RootsFound, type RootsRequest, readRoots } from '../../src/profiles/index.ts';
import type { RootsTrouble } from '../../src/profiles/root.ts';

export const DAEMONS: string = join(import.meta.dirname, '../../fixtures/daemons');
export const HOME = '/home/user';

function read(id: string, request: Partial<RootsRequest>) {
  const profile = findProfile(id, {});
  if (!profile.ok) throw new Error(`no profile ${id}`);
  return readRoots(profile.value, { home: HOME, env: {}, argv: [], ...request });
}

export function rootsFound(id: string, request: Partial<RootsRequest>): RootsFound {
  const result = read(id, request);
  if (!result.ok) throw new Error(result.error.reason);
  return result.value;
}

export function rootsTrouble(id: string, request: Partial<RootsRequest>): RootsTrouble {
  const result = read(id, request);
  if (result.ok) throw new Error(`${id} found ${result.value.evidence}`);
  return result.error;
}
