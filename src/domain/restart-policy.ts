// After the end of a daemon: is it started again, when, or is it held?
// Knows: how it ended and when it was started before. May not know: the gate, which is asked at every start besides.
//
//   ended                                    | never | on-failure        | always
//   -----------------------------------------+-------+-------------------+-------------------
//   asks for its own restart (Syncthing 3, 4)| end   | start, no budget  | start, no budget
//   stopped at the wall                      | end   | hold, at once     | hold, at once
//   success, or TERM INT HUP PIPE            | end   | end               | start, within budget
//   any other status or signal               | end   | start, in budget  | start, within budget
//   fifth start in ten minutes               | end   | hold              | hold

export type RestartMode = 'never' | 'on-failure' | 'always';

/** As a parent sees it: a status of its own, or the signal it died of. */
export type DaemonEnding = { readonly status: number } | { readonly signal: string };

export interface RestartQuestion {
  readonly mode: RestartMode;
  readonly ending: DaemonEnding;
  /** Starts so far, this one included, in ms of the same clock as `now`; older ones than the window do no harm. */
  readonly startsAt: readonly number[];
  readonly now: number;
  /** 0 to 1. */
  readonly random: number;
  /** Statuses by which this daemon asks to be started again. */
  readonly ownRestartStatuses: readonly number[];
  /** Ended by the guard for a wall. */
  readonly wasStoppedAtWall: boolean;
}

export type RestartDecision =
  | { readonly kind: 'end' }
  | { readonly kind: 'start'; readonly delayMs: number }
  | { readonly kind: 'hold'; readonly recheckMs: number };

/** Starts count against the budget this long; systemd's own default is 5 in 10 s, too short for a scan that takes minutes. */
export const STARTS_WINDOW_MS = 600_000;
const MOST_STARTS = 5;
/** A hold is looked at again this often: the tree may have shrunk. */
export const HOLD_RECHECK_MS = 900_000;

/** A daemon that asks again and again does so at most once a second. */
const OWN_REQUEST_DELAY_MS = 1000;
const FIRST_DELAY_MS = 5000;
const LONGEST_DELAY_MS = 300_000;
/** So that many containers of one host do not all scan again at the same second. */
const JITTER_SHARE = 0.25;

/** systemd's clean ends (systemd.service(5), SuccessExitStatus=). */
const CLEAN_SIGNALS: readonly string[] = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGPIPE'];

const END: RestartDecision = { kind: 'end' };
const HOLD: RestartDecision = { kind: 'hold', recheckMs: HOLD_RECHECK_MS };

/** What the end of a daemon leads to; every start it allows goes through the gate. */
export function decideRestart(question: RestartQuestion): RestartDecision {
  const { mode, ending, wasStoppedAtWall } = question;
  if (mode === 'never') return END;
  if (wasStoppedAtWall) return HOLD;
  if (isOwnRequest(question)) return { kind: 'start', delayMs: OWN_REQUEST_DELAY_MS };
  if (mode === 'on-failure' && isSuccess(ending)) return END;
  const starts = startsInWindow(question);
  return starts >= MOST_STARTS ? HOLD : { kind: 'start', delayMs: delayMs(starts, question.random) };
}

const isOwnRequest = ({ ending, ownRestartStatuses }: RestartQuestion): boolean =>
  'status' in ending && ending.status !== 0 && ownRestartStatuses.includes(ending.status);

const isSuccess = (ending: DaemonEnding): boolean =>
  'status' in ending ? ending.status === 0 : CLEAN_SIGNALS.includes(ending.signal);

/** A start in the future is a clock that was set back: it counts, so that a jump never empties the budget. */
const startsInWindow = ({ startsAt, now }: RestartQuestion): number =>
  startsAt.filter((at) => now - at < STARTS_WINDOW_MS).length;

/** 5 s after the first start in the window, doubled with each further one to 5 min, up to a quarter more by chance. */
function delayMs(starts: number, random: number): number {
  const plain = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, starts - 1));
  return Math.round(plain * (1 + JITTER_SHARE * random));
}
