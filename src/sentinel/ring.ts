// The guard's memory of its own decisions: a file of fixed size, written once in full before there is a daemon, so that a
// later record changes bytes that are there already. At a wall nothing can be created, extended or renamed any more.

import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { failure, type Result, success } from '../domain/result.ts';
import { type GuardRecord, RECORD_BYTES, writeRecord } from '../formats/guard-record.ts';
import { errnoOf } from '../kernel/errno.ts';

/** Records; the oldest is overwritten. 32 KiB are eight pages, which stay in the page cache once written. */
export const RING_RECORDS = 512;

export interface Ring {
  /** false: the write failed, and the record is lost; counted in `lost`. */
  write(record: GuardRecord): boolean;
  readonly lost: number;
  close(): void;
}

/** A ring of zeros at `path`, mode 0600, replacing what was there; the error is the errno. */
export function openRing(path: string): Result<Ring, string> {
  try {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC;
    const descriptor = openSync(path, flags, 0o600);
    writeSync(descriptor, Buffer.alloc(RING_RECORDS * RECORD_BYTES), 0, RING_RECORDS * RECORD_BYTES, 0);
    return success(ringOn(descriptor));
  } catch (error) {
    return failure(errnoOf(error));
  }
}

/** A guard without a place to write to: every record is lost, and nothing else. */
export const noRing = (): Ring => ({ write: () => false, lost: 0, close: () => {} });

function ringOn(descriptor: number): Ring {
  const bytes = Buffer.alloc(RECORD_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, RECORD_BYTES);
  return {
    lost: 0,
    write(record) {
      writeRecord(view, 0, record);
      const slot = (record.sequence - 1) % RING_RECORDS;
      try {
        writeSync(descriptor, bytes, 0, RECORD_BYTES, slot * RECORD_BYTES);
        return true;
      } catch {
        (this as { lost: number }).lost += 1;
        return false;
      }
    },
    close: () => closeSync(descriptor),
  };
}
