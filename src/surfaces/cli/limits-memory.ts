// The last reading, kept so that the next one can say what grew: an old burst of failures is history, a new one is not.

import { join } from 'node:path';
import { parseCounter } from '../../formats/counter.ts';
import { readStateFile, writeStateFile } from '../../kernel/state-file.ts';
import type { Reading, RememberedReading } from './limits-reading.ts';

const SCHEMA = 'syncguard/limits-memory/1';

/** Counters by `title name scope source`, as text: they may exceed 2^53. */
interface Kept {
  readonly schema: typeof SCHEMA;
  readonly at: string;
  readonly counters: Readonly<Record<string, unknown>>;
}

const fileOf = (directory: string): string => join(directory, 'limits.json');
const keyOf = (title: string, { name, scope, source }: Reading['snapshot']['resources'][number]): string =>
  [title, name, scope, source].join(' ');

/** The same rows with what they held last time; rows that were not there are left out. null: never looked, or damaged. */
export function readLastReading(directory: string, now: readonly Reading[]): RememberedReading | null {
  const kept = readStateFile(fileOf(directory));
  if (!isKept(kept)) return null;
  const readings = now.map((reading) => ({
    ...reading,
    snapshot: { ...reading.snapshot, resources: earlierRows(reading, kept) },
  }));
  return { at: kept.at, readings };
}

function earlierRows({ title, snapshot }: Reading, { counters }: Kept): Reading['snapshot']['resources'] {
  return snapshot.resources.flatMap((row) => {
    const kept = counters[keyOf(title, row)];
    const [heldText, failcntText] = Array.isArray(kept) ? kept : [];
    const held = parseCounter(String(heldText));
    return held === null ? [] : [{ ...row, held, failcnt: parseCounter(String(failcntText)) }];
  });
}

/** Best effort: without a state directory the next reading has no deltas. */
export function writeLastReading(directory: string, readings: readonly Reading[], at: string): void {
  const counters = readings.flatMap(({ title, snapshot }) =>
    snapshot.resources.map(
      (row) =>
        [keyOf(title, row), [String(row.held), row.failcnt === null ? null : String(row.failcnt)]] as const,
    ),
  );
  writeStateFile(fileOf(directory), { schema: SCHEMA, at, counters: Object.fromEntries(counters) });
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== 'object' || value === null) return false;
  const { schema, at, counters } = value as Record<string, unknown>;
  return schema === SCHEMA && typeof at === 'string' && typeof counters === 'object' && counters !== null;
}
