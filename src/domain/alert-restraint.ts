// Which alerts are told at once: one of an event and a resource within a time; what comes sooner is counted, and the last of
// it is told when that time is over. One pure step for each.
//
//   told ---the same within `everyMs`---> kept back, counted ---another event that is told---> counts go with it
//                                                            \--its time is over-------------> told, with the counts

import type { Alert, AlertEvent, Untold } from './alert.ts';

export interface Restraint {
  /** Unix ms by `event resource`. */
  readonly toldAt: Readonly<Record<string, number>>;
  /** The last one that was not told; null: all were. */
  readonly keptBack: KeptBack | null;
}

interface KeptBack {
  readonly alert: Alert;
  /** This one among them. */
  readonly counts: Untold;
  /** Unix ms. */
  readonly dueAt: number;
}

export interface RestraintStep {
  readonly restraint: Restraint;
  /** null: not now. */
  readonly told: Alert | null;
}

export interface Moment {
  /** Unix ms: it has to outlive the process. */
  readonly nowAt: number;
  readonly everyMs: number;
}

export const UNRESTRAINED: Restraint = { toldAt: {}, keptBack: null };

const keyOf = ({ event, resource }: Alert): string => `${event} ${resource ?? ''}`;

/** A clock that was set back does not silence anybody. */
const isWithin = (at: number, { nowAt, everyMs }: Moment): boolean => at <= nowAt && nowAt - at < everyMs;

export function restrain(restraint: Restraint, alert: Alert, moment: Moment): RestraintStep {
  const toldAt = restraint.toldAt[keyOf(alert)];
  if (alert.event === 'test' || toldAt === undefined || !isWithin(toldAt, moment))
    return tell(restraint, { ...alert, untold: restraint.keptBack?.counts ?? {} }, moment);
  const counts = counted(restraint.keptBack?.counts ?? {}, alert.event, 1);
  const keptBack = { alert, counts, dueAt: toldAt + moment.everyMs };
  return { restraint: { ...restraint, keptBack }, told: null };
}

/** What was kept back, once its time is over. */
export function releaseKeptBack(restraint: Restraint, moment: Moment): RestraintStep {
  const { keptBack } = restraint;
  if (keptBack === null) return { restraint, told: null };
  const { alert, counts, dueAt } = keptBack;
  if (moment.nowAt < dueAt && isWithin(dueAt - moment.everyMs, moment)) return { restraint, told: null };
  const untold = alert.event === 'test' ? counts : counted(counts, alert.event, -1);
  return tell(restraint, { ...alert, untold }, moment);
}

function tell({ toldAt }: Restraint, alert: Alert, moment: Moment): RestraintStep {
  const recent = Object.entries(toldAt).filter(([, at]) => isWithin(at, moment));
  return {
    restraint: { toldAt: { ...Object.fromEntries(recent), [keyOf(alert)]: moment.nowAt }, keptBack: null },
    told: alert,
  };
}

function counted(counts: Untold, event: AlertEvent, more: number): Untold {
  const { [event]: before = 0, ...others } = counts;
  return before + more > 0 ? { ...others, [event]: before + more } : others;
}
