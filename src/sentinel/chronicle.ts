// Where everything the guard does is kept: one record object, filled and written again and again.
// Order: the ring first, then whoever listens. Nothing here is needed for the guard to act.

import { type Phase, phaseIndex, type Rule, ruleIndex } from '../domain/lifecycle.ts';
import { emptyRecord, type GuardRecord, KINDS, NO_INDEX, type RecordKind } from '../formats/guard-record.ts';
import { monotonicMs } from '../kernel/clock.ts';
import type { ActionLine } from './action-line.ts';
import type { CompanionLink } from './companion-link.ts';
import type { Ring } from './ring.ts';
import type { ServiceNotice } from './service-notice.ts';

export interface Chronicle {
  /** To be filled before `keep`; sequence, times and kind are set there. */
  readonly record: GuardRecord;
  /** `kind` is an index into KINDS. */
  keep(kind: number, monotonicMs: number): void;
  /** For what is rare and calm: a kind by name, one number, and why. */
  note(kind: RecordKind, amount: number, rule?: Rule): void;
  /** null: no companion (yet). */
  link: CompanionLink | null;
  /** The service manager, as far as a tick speaks to it. */
  readonly notice: ServiceNotice;
}

/** What a daemon's state is by such a record alone; of the others it stays what it was. */
const PHASE_OF: Readonly<Partial<Record<RecordKind, Phase>>> = {
  started: 'starting',
  ended: 'ended',
  waiting: 'waiting',
  held: 'held',
};

export const SAMPLE: number = KINDS.indexOf('sample');
export const ACTION: number = KINDS.indexOf('action');

export interface ChronicleParts {
  readonly ring: Ring;
  /** Speaks where no companion does. */
  readonly line: ActionLine;
  readonly notice: ServiceNotice;
}

export function openChronicle({ ring, line, notice }: ChronicleParts): Chronicle {
  const record = emptyRecord();
  const chronicle: Chronicle = {
    record,
    link: null,
    notice,
    keep(kind, monotonicMs) {
      record.sequence += 1;
      record.kind = kind;
      record.monotonicMs = monotonicMs;
      record.wallClockMs = Date.now();
      // Samples are for the companion, which draws and answers from them; in the ring they would push decisions out.
      if (kind !== SAMPLE) ring.write(record);
      notice.tell(record);
      const link = chronicle.link;
      const isHeard = link?.send(record) === true;
      if (!isHeard && kind === ACTION) line.write(record);
    },
    note(kind, amount, rule = 'calm') {
      const phase = PHASE_OF[kind];
      if (phase !== undefined) record.phase = phaseIndex(phase);
      record.rule = ruleIndex(rule);
      record.amount = amount;
      record.actions = 0;
      record.resource = NO_INDEX;
      record.wallIndex = NO_INDEX;
      chronicle.keep(KINDS.indexOf(kind), monotonicMs());
    },
  };
  return chronicle;
}
