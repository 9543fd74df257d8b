// What the gate's record and the user's options come to, as data.
//
//   verdict            | --on-refuse / --on-unknown | comes to
//   -------------------+----------------------------+-----------------------------
//   admit              | -                          | start
//   throttle           | -                          | start, braked
//   refuse             | exit | wait | start        | refuse | wait | start, overruled
//   refuse             | degrade                    | start in the cheap mode, braked; refuse where it has none
//   unknown            | start                      | start, warned
//   unknown            | refuse                     | as refuse
//   unknown: wall-denied| -                         | as refuse: every wall is in a file that may not be read
//   unknown: bad request| -                         | fail: the command line or configuration is to be mended
//   any, with --dry-run| -                          | start, nothing set, the above said

import type { GateRecord } from '../formats/gate-record.ts';
import type { RunOptions } from './options.ts';

export type Admission =
  | {
      readonly kind: 'start';
      readonly isBraked: boolean;
      /** In the daemon's cheap mode. */
      readonly isDegraded: boolean;
      readonly caution: string | null;
    }
  | { readonly kind: 'wait' }
  | { readonly kind: 'fail' }
  | { readonly kind: 'refuse' };

type Answers = Pick<RunOptions, 'onRefuse' | 'onUnknown'>;

/** The table above, without its last line. `caution` is what the start line must say besides. */
export function decideAdmission(record: GateRecord, { onRefuse, onUnknown }: Answers): Admission {
  if (record.verdict === 'admit') return { kind: 'start', isBraked: false, isDegraded: false, caution: null };
  if (record.verdict === 'throttle')
    return { kind: 'start', isBraked: true, isDegraded: false, caution: null };
  if (record.reason === 'bad-request') return { kind: 'fail' };
  if (record.verdict === 'unknown' && onUnknown === 'start' && record.reason !== 'wall-denied')
    return {
      kind: 'start',
      isBraked: record.enomemSafe,
      isDegraded: false,
      caution: 'started all the same (--on-unknown start)',
    };
  if (onRefuse === 'degrade' && record.verdict === 'refuse' && record.terms?.degradeWords)
    return {
      kind: 'start',
      isBraked: record.enomemSafe,
      isDegraded: true,
      caution: 'started in its cheap mode (--on-refuse degrade)',
    };
  if (onRefuse === 'start')
    return {
      kind: 'start',
      isBraked: record.enomemSafe,
      isDegraded: false,
      caution: 'started all the same (--on-refuse start)',
    };
  return { kind: onRefuse === 'wait' ? 'wait' : 'refuse' };
}

/** What would have been done, for --dry-run. */
export const renderIntention = (admission: Admission): string =>
  ({ start: 'would start it', wait: 'would wait', fail: 'would fail', refuse: 'would refuse' })[
    admission.kind
  ];

/** Whether the daemon may only be started if the brake has really been set: its touched bytes exceed the headroom. */
export const needsBrake = (record: GateRecord): boolean =>
  record.verdict === 'throttle' && record.reason === 'touched-braked';

/** What makes two answers the same to somebody who waits: not the numbers, which change every time. */
export const sameness = ({ verdict, reason, binding }: GateRecord): string =>
  `${verdict} ${reason} ${binding}`;

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 300_000;
/** Many containers refused at one boot must not all look again at the same instant. */
const JITTER_SHARE = 0.25;

/** Milliseconds before the n-th re-check (from 0): 5 s, doubling to 5 min, less or more by up to a quarter. */
export function waitBeforeMs(attempt: number, random: number): number {
  const plainMs = Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS);
  return Math.round(plainMs * (1 - JITTER_SHARE + 2 * JITTER_SHARE * random));
}
