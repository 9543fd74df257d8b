// guard.json: who guards whom, beside the ring. Written once at every start of the daemon, read by everybody else.
// Knows: its fields and what makes them whole. May not know: where it lies, or whether that guard still lives.

import type { EndTerms } from '../domain/end-terms.ts';
import type { Policy } from '../domain/policy.ts';
import { isResourceName, type ResourceName } from '../domain/resource.ts';
import { failure, type Result, success } from '../domain/result.ts';

const SCHEMA = 'syncguard/guard/1';
const ROOM_KINDS = ['memory', 'freezer', 'unified'] as const;

export interface ManifestRoom {
  /** A cgroup made for the daemon, absolute. */
  readonly directory: string;
  readonly kind: (typeof ROOM_KINDS)[number];
}

export interface ManifestWall {
  readonly resource: ResourceName;
  readonly scope: string;
  /** In the row's own unit; null: none stands there (JSON has no Infinity). */
  readonly wall: number | null;
  /** true: others are charged there too. */
  readonly isShared: boolean;
  /** What the gate foresaw here and admitted, in the row's own unit; absent: nothing near the wall. */
  readonly admitted?: number;
}

export interface GuardManifest {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: with pid and bootId it names one process for ever. */
  readonly startTicks: number;
  readonly bootId: string;
  /** null: no daemon yet, or none any more. */
  readonly daemonPid: number | null;
  readonly command: readonly string[];
  readonly profile: string;
  readonly rooms: readonly ManifestRoom[];
  /** The protection in force, in words. */
  readonly protection: string;
  /** In the order of a record's wallIndex. */
  readonly walls: readonly ManifestWall[];
  /** How the lease is kept, in words. */
  readonly lease: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Field 22 of a daemon's that ran before its guard, and bears no mark of it; absent: the guard has started it. */
  readonly daemonStartTicks?: number;
  /** The shares of a wall it judges by; absent: the default ones. */
  readonly policy?: Policy;
  /** How the daemon takes TERM and KILL; absent: well. */
  readonly ends?: EndTerms;
}

/** One line of JSON and a newline. */
export const renderGuardManifest = (manifest: GuardManifest): string =>
  `${JSON.stringify({ schema: SCHEMA, ...manifest })}\n`;

/** The manifest in a text; anything not whole is an error value that names the field. */
export function parseGuardManifest(text: string): Result<GuardManifest, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return failure('not JSON');
  }
  if (!isObject(value)) return failure('not an object');
  if (value['schema'] !== SCHEMA) return failure(`schema is not ${SCHEMA}`);
  if (!isWhole(value)) return failure(`${wrongField(value)} is missing or malformed`);
  const { schema: _, ...manifest } = value;
  return success(manifest);
}

type Fields = Readonly<Record<string, unknown>>;

const isWhole = (value: Fields): value is Fields & GuardManifest => wrongField(value) === undefined;

const wrongField = (value: Fields): string | undefined =>
  Object.entries(CHECKS).find(([field, isRight]) => !isRight(value[field]))?.[0];

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isPid = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0;
const isListOf =
  (isWhole: (part: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(isWhole);

// An absolute path with no way up: rooms are thawed, and killed, by what stands here.
const isCleanPath = (value: unknown): boolean =>
  typeof value === 'string' && value.startsWith('/') && !value.split('/').includes('..');
const isRoom = (value: unknown): boolean =>
  isObject(value) && isCleanPath(value['directory']) && ROOM_KINDS.some((kind) => kind === value['kind']);
const isWall = (value: unknown): boolean =>
  isObject(value) &&
  isResourceName(String(value['resource'])) &&
  isText(value['scope']) &&
  (value['wall'] === null || typeof value['wall'] === 'number') &&
  typeof value['isShared'] === 'boolean';

const isPolicy = (value: unknown): boolean =>
  isObject(value) && ['throttleAt', 'pauseAt', 'stopAt'].every((share) => typeof value[share] === 'number');

const isEndTerms = (value: unknown): boolean =>
  isObject(value) &&
  typeof value['isTermSafe'] === 'boolean' &&
  typeof value['isKillSafe'] === 'boolean' &&
  (value['recover'] === null || isText(value['recover']));

const CHECKS: Readonly<Record<keyof GuardManifest, (value: unknown) => boolean>> = {
  pid: isPid,
  startTicks: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  bootId: isText,
  daemonPid: (value) => value === null || isPid(value),
  command: isListOf(isText),
  profile: isText,
  rooms: isListOf(isRoom),
  protection: isText,
  walls: isListOf(isWall),
  lease: isText,
  startedAt: isText,
  daemonStartTicks: (value) => value === undefined || (Number.isSafeInteger(value) && Number(value) >= 0),
  policy: (value) => value === undefined || isPolicy(value),
  ends: (value) => value === undefined || isEndTerms(value),
};
