// Asks the gate until there is an answer to act on; waiting is asking again.

import type { GateRecord } from '../formats/gate-record.ts';
import { type Admission, decideAdmission, sameness, waitBeforeMs } from './admission.ts';
import type { RunOptions } from './options.ts';

export interface Gatekeeping {
  /** As they are then: the gate may have read other ones. */
  options(): Pick<RunOptions, 'onRefuse' | 'onUnknown'>;
  /** While it waits: once, and again whenever the reason changes. */
  announce(record: GateRecord): void;
  ask(): Promise<GateRecord>;
  /** Milliseconds; false: a stop was asked for meanwhile. */
  pause(durationMs: number): Promise<boolean>;
  /** 0 to 1, for the jitter. */
  random(): number;
}

export interface Answer {
  readonly record: GateRecord;
  readonly admission: Exclude<Admission, { kind: 'wait' }>;
}

/** The first answer that is not to wait, null: none is wanted any more. */
export async function awaitAnswer(keeping: Gatekeeping): Promise<Answer | null> {
  let said = '';
  for (let attempt = 0; ; attempt += 1) {
    const record = await keeping.ask();
    const admission = decideAdmission(record, keeping.options());
    if (admission.kind !== 'wait') return { record, admission };
    if (sameness(record) !== said) keeping.announce(record);
    said = sameness(record);
    if (!(await keeping.pause(waitBeforeMs(attempt, keeping.random())))) return null;
  }
}
