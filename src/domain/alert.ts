// What is worth telling somebody who is not looking: the events, and one of them with its numbers.
// Knows: which of them open a trouble that `recovered` ends. May not know: who is told, or how.

import type { ResourceName, ResourceUnit } from './resource.ts';

/** `pressure`: a wall is near and the daemon, which did not fill it, is left alone. */
export const ALERT_EVENTS = ['refuse', 'throttle', 'pause', 'stop', 'hold', 'pressure', 'recovered'] as const;
export type AlertEvent = (typeof ALERT_EVENTS)[number];

/** Amounts are in `unit`; null: the event is about no wall, or the wall could not be read. */
export interface Alert {
  /** `test`: sent by hand, and about nothing. */
  readonly event: AlertEvent | 'test';
  /** ISO 8601. */
  readonly at: string;
  /** As people call it. */
  readonly daemon: string;
  readonly resource: ResourceName | null;
  readonly unit: ResourceUnit | null;
  /** Whose wall it is: a cgroup, a container. */
  readonly scope: string | null;
  readonly held: number | null;
  readonly judged: number | null;
  readonly wall: number | null;
  /** One word of RULES; '': none. */
  readonly rule: string;
  readonly sentence: string;
  /** The next command; '': nothing is to be done. */
  readonly hint: string;
  /** Others that were not told one by one since the one before. */
  readonly untold: Untold;
}

/** How many of each event; absent: none. */
export type Untold = Readonly<Partial<Record<AlertEvent, number>>>;

const TROUBLES: readonly Alert['event'][] = ['refuse', 'throttle', 'pause', 'stop', 'hold'];

/** Whether it lasts until `recovered`. */
export const opensTrouble = ({ event }: Pick<Alert, 'event'>): boolean => TROUBLES.includes(event);

/** What is told of in one go: one alert, or after an outage all that waited. */
export interface AlertMessage {
  /** Which machine says it. */
  readonly machine: string;
  /** At least one, oldest first. */
  readonly alerts: readonly Alert[];
  /** Older ones that there was no room to keep. */
  readonly droppedCount: number;
}
