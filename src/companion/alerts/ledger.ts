// What outlives the process that delivers: who was told of what when, whether a trouble is open, and how each sink does.

import { join } from 'node:path';
import { type Restraint, UNRESTRAINED } from '../../domain/alert-restraint.ts';
import { readStateFile, writeStateFile } from '../../kernel/state-file.ts';
import { SINK_NAMES, type SinkName } from './sink.ts';

export interface SinkStanding {
  /** Attempts in a row that failed. */
  readonly failureCount: number;
  /** No attempt before then, Unix ms. */
  readonly nextAt: number;
  /** Alerts that there was no room to keep, since the last one that was delivered. */
  readonly droppedCount: number;
  /** Why the last attempt failed; '': it did not. */
  readonly reason: string;
}

export interface Ledger {
  readonly restraint: Restraint;
  /** A trouble was told of, and not yet that it is over. */
  readonly isTroubled: boolean;
  readonly sinks: Readonly<Partial<Record<SinkName, SinkStanding>>>;
}

export const NO_TROUBLE: SinkStanding = { failureCount: 0, nextAt: 0, droppedCount: 0, reason: '' };

const FILE = 'ledger.json';

/** A damaged one is begun anew: somebody is told twice. */
export function readLedger(directory: string): Ledger {
  const value = readStateFile(join(directory, FILE));
  const { restraint, isTroubled, sinks } = (isRecord(value) ? value : {}) as Partial<Ledger>;
  const known = SINK_NAMES.flatMap((name) => {
    const standing = isRecord(sinks) ? sinks[name] : undefined;
    return isRecord(standing) ? [[name, { ...NO_TROUBLE, ...standing }]] : [];
  });
  return {
    restraint:
      isRecord(restraint) && isRecord(restraint.toldAt) ? { ...UNRESTRAINED, ...restraint } : UNRESTRAINED,
    isTroubled: isTroubled === true,
    sinks: Object.fromEntries(known),
  };
}

/** What cannot be written is remembered by this process alone. */
export function writeLedger(directory: string, ledger: Ledger): void {
  writeStateFile(join(directory, FILE), ledger);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
