// Alerts that wait for one sink: on disk, so that they outlive this process, and in memory where the disk takes nothing.

import type { Alert } from '../../domain/alert.ts';
import { parseAlert } from '../../formats/alert-text.ts';
import { leaveSlip, readSlips, removeSlip } from '../../kernel/slip-box.ts';

/** A week of a daemon that flaps, at one alert an hour and more; beyond it the oldest go. */
export const MOST_WAITING = 100;

export interface Queue {
  /** How many older ones had to go for it. */
  add(alert: Alert): number;
  /** Oldest first. */
  read(): readonly Waiting[];
  remove(waiting: readonly Waiting[]): void;
}

export interface Waiting {
  readonly name: string;
  readonly alert: Alert;
}

export function openQueue(directory: string): Queue {
  let unsaved: Waiting[] = [];
  let unsavedCount = 0;
  return {
    add(alert) {
      const left = leaveSlip(directory, alert, { most: MOST_WAITING, nowAt: Date.now() });
      if (left.ok) return left.value.droppedCount;
      unsavedCount += 1;
      const name = `unsaved-${unsavedCount}`;
      const droppedCount = Math.max(0, unsaved.length + 1 - MOST_WAITING);
      unsaved = [...unsaved, { name, alert }].slice(-MOST_WAITING);
      return droppedCount;
    },
    read: () => [...savedIn(directory), ...unsaved],
    remove(waiting) {
      const names = waiting.map(({ name }) => name);
      unsaved = unsaved.filter(({ name }) => !names.includes(name));
      for (const name of names) if (!name.startsWith('unsaved-')) removeSlip(directory, name);
    },
  };
}

/** A damaged one is not read again. */
function savedIn(directory: string): Waiting[] {
  return readSlips(directory).flatMap(({ name, value }) => {
    const alert = parseAlert(value);
    if (alert.ok) return [{ name, alert: alert.value }];
    removeSlip(directory, name);
    return [];
  });
}
