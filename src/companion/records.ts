// What the companion remembers of the sentinel: its records, and what it said once.
// Knows: which records are kept and who waits for one. May not know: where they come from, or what is done on them.

import { type GuardRecord, NO_INDEX } from '../formats/guard-record.ts';
import { isDecision } from '../formats/guard-status.ts';

/** Decisions kept; a calm day has a handful, and a flapping one at most three pauses in ten minutes. */
const MOST_DECISIONS = 256;

export interface GuardMemory {
  keep(record: GuardRecord): void;
  /** Decisions and the last reading of each wall, in the order they were written. */
  records(): readonly GuardRecord[];
  /** The last reading of each wall. */
  readings(): readonly GuardRecord[];
  readonly last: GuardRecord | null;
  /** true as soon as a later record is such a one, false when `timeoutMs` have passed without. */
  awaitRecord(isSuch: (record: GuardRecord) => boolean, timeoutMs: number): Promise<boolean>;
}

export function guardMemory(): GuardMemory {
  const decisions: GuardRecord[] = [];
  const readings = new Map<number, GuardRecord>();
  const waiting = new Set<(record: GuardRecord) => void>();
  let last: GuardRecord | null = null;
  return {
    keep(record) {
      last = record;
      if (record.wallIndex !== NO_INDEX || !isDecision(record)) readings.set(record.wallIndex, record);
      if (isDecision(record)) decisions.push(record);
      if (decisions.length > MOST_DECISIONS) decisions.shift();
      for (const note of waiting) note(record);
    },
    records: () =>
      [...new Set([...decisions, ...readings.values()])].sort(
        (a, b) => a.monotonicMs - b.monotonicMs || a.sequence - b.sequence,
      ),
    readings: () => [...readings.values()].filter(({ wallIndex }) => wallIndex !== NO_INDEX),
    get last() {
      return last;
    },
    awaitRecord(isSuch, timeoutMs) {
      return new Promise((resolve) => {
        const settle = (isSeen: boolean): void => {
          clearTimeout(timer);
          waiting.delete(note);
          resolve(isSeen);
        };
        const note = (record: GuardRecord): void => {
          if (isSuch(record)) settle(true);
        };
        const timer = setTimeout(() => settle(false), timeoutMs);
        waiting.add(note);
      });
    },
  };
}
