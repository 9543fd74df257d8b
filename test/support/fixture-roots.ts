// Roots of a daemon, from a recorded machine or one written for a test.
import { join } from 'node:path';
import type { Profile } from '../../src/domain/profile.ts';
import { findProfile, type RootsFound, type RootsRequest, readRoots } from '../../src/profiles/index.ts';
import type { RootsTrouble } from '../../src/profiles/root.ts';

export const DAEMONS: string = join(import.meta.dirname, '../../fixtures/daemons');
export const HOME = '/home/user';

export function profileOf(id: string): Profile {
  const found = findProfile(id, {});
  if (!found.ok) throw new Error(`no profile ${id}`);
  return found.value;
}

const read = (id: string, request: Partial<RootsRequest>) =>
  readRoots(profileOf(id), { home: HOME, env: {}, argv: [], ...request });

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
