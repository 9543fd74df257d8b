// Which guards there are, from the directories they keep: manifest and ring, whether or not anybody answers there.
// Knows: where guards announce themselves, and how to tell a living one from what it left. May not know: what they decided.

import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type GuardManifest, parseGuardManifest } from '../../formats/guard-manifest.ts';
import { type GuardRecord, parseRecord, RECORD_BYTES } from '../../formats/guard-record.ts';
import { readKernelFile } from '../../kernel/kernel-file.ts';
import { isAlive, readProcessPlace } from '../../kernel/process-place.ts';
import { runtimeDirectory } from '../../settings/places.ts';
import type { Terminal } from './terminal.ts';

export interface FoundGuard {
  readonly directory: string;
  readonly manifest: GuardManifest;
  readonly isAlive: boolean;
}

/** The daemon's name, as people call it. */
export const nameOf = ({ manifest: { command, profile } }: FoundGuard): string =>
  basename(command[0] ?? profile);

/**
 * Every guard that may be believed, living ones first, then by start, the newest first. A $RUNTIME_DIRECTORY that is set names
 * the one place meant: a unit's own command, or a test's, speaks to no other guard.
 */
export function readGuards({ environment }: Pick<Terminal, 'environment'>): FoundGuard[] {
  const uid = process.getuid?.() ?? 0;
  const guards = guardPlaces(environment)
    .flatMap((place) => below(place, ''))
    .flatMap((directory) => readGuard(directory, uid));
  return guards.sort(
    (a, b) =>
      Number(b.isAlive) - Number(a.isAlive) || b.manifest.startedAt.localeCompare(a.manifest.startedAt),
  );
}

/** Directories that hold one directory per guard. */
function guardPlaces(environment: Terminal['environment']): string[] {
  if (environment['RUNTIME_DIRECTORY']) return ownPlaces(environment);
  const uid = process.getuid?.() ?? 0;
  const everywhere =
    uid === 0 ? [...below('/run/user', 'syncguard'), ...userPlaces()] : [`/tmp/syncguard-${uid}`];
  const ofSystem = ['/run/syncguard', ...servicePlaces('/run/syncguard')];
  return [...new Set([...ownPlaces(environment), ...ofSystem, ...everywhere])];
}

/** Those of this user's own guards. */
export function ownPlaces(environment: Terminal['environment']): string[] {
  const uid = process.getuid?.() ?? 0;
  const own = runtimeDirectory({ environment, isRoot: uid === 0, uid });
  return environment['RUNTIME_DIRECTORY'] ? [own] : [own, ...servicePlaces(own)];
}

/** An installed service has a place of its own beside it, called so and after the service. */
const servicePlaces = (place: string): string[] =>
  below(dirname(place), '').filter((path) => path.startsWith(`${place}-`));

/** That name in every entry of `directory`; what is not there or may not be read holds no guard. */
function below(directory: string, name: string): string[] {
  try {
    return readdirSync(directory).map((entry) => join(directory, entry, name));
  } catch {
    return [];
  }
}

const userPlaces = (): string[] => below('/tmp', '').filter((path) => /^\/tmp\/syncguard-\d+\/?$/.test(path));

function readGuard(directory: string, uid: number): FoundGuard[] {
  try {
    const owner = lstatSync(directory).uid;
    const manifest = parseGuardManifest(readFileSync(join(directory, 'guard.json'), 'utf8'));
    if (!manifest.ok || (owner !== 0 && owner !== uid && uid !== 0)) return [];
    const isLiving = isGuardAlive(manifest.value);
    // Else a user's file could make root end whatever process it names.
    const isBelieved = !isLiving || owner === 0 || statSync(`/proc/${manifest.value.pid}`).uid === owner;
    return isBelieved ? [{ directory, manifest: manifest.value, isAlive: isLiving }] : [];
  } catch {
    return [];
  }
}

/** The very process that wrote the manifest: a pid is used again, a start time with it only after a reboot. */
export function isGuardAlive({ pid, startTicks, bootId }: GuardManifest): boolean {
  const boot = readKernelFile('', '/proc/sys/kernel/random/boot_id');
  const place = readProcessPlace(pid);
  return isAlive(place) && place.startTicks === startTicks && (!boot.ok || boot.value.trim() === bootId);
}

/** The ring's records in the order they were written; what is damaged is left out. */
export function readRing(directory: string): GuardRecord[] {
  const bytes = readRingBytes(directory);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: GuardRecord[] = [];
  for (let offset = 0; offset + RECORD_BYTES <= bytes.byteLength; offset += RECORD_BYTES) {
    const record = parseRecord(view, offset);
    if (record.ok) records.push(record.value);
  }
  return records.sort((a, b) => a.sequence - b.sequence);
}

function readRingBytes(directory: string): Uint8Array {
  try {
    return readFileSync(join(directory, 'ring'));
  } catch {
    return new Uint8Array(0);
  }
}
