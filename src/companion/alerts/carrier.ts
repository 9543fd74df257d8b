// What waits for one sink, delivered one by one; after a failure later, and then all that waits in one message.

import type { Alert } from '../../domain/alert.ts';
import type { AlertSettings } from '../../domain/settings.ts';
import type { Level } from '../journal.ts';
import { NO_TROUBLE, type SinkStanding } from './ledger.ts';
import { MOST_WAITING, type Queue, type Waiting } from './queue.ts';
import { type Sink, type SinkName, type SinkTrouble, trouble } from './sink.ts';

export interface CarrierRequest {
  readonly name: SinkName;
  readonly queue: Queue;
  readStanding(): SinkStanding;
  keep(standing: SinkStanding): void;
  say(level: Level, text: string): void;
}

export interface Terms {
  readonly settings: AlertSettings;
  readonly machine: string;
}

/** More than that at once is an outage of our own: nobody reads them one by one. */
const MOST_SINGLY = 3;
/** Between two attempts at a receiver that has been away for long. */
const LONGEST_WAIT_MS = 900_000;

export class Carrier {
  readonly #request: CarrierRequest;
  #underWay: Promise<void> | null = null;

  constructor(request: CarrierRequest) {
    this.#request = request;
  }

  take(alert: Alert): void {
    const { queue, readStanding, keep, say, name } = this.#request;
    const droppedCount = queue.add(alert);
    if (droppedCount === 0) return;
    const before = readStanding();
    if (before.droppedCount === 0)
      say('warn', `more than ${MOST_WAITING} alerts wait for ${name}: the oldest are dropped`);
    keep({ ...before, droppedCount: before.droppedCount + droppedCount });
  }

  /** Begins, unless it is under way or not yet due. */
  deliver(sink: Sink, terms: Terms): void {
    this.#underWay ??= this.#deliverAll(sink, terms);
  }

  async settled(): Promise<void> {
    await this.#underWay;
  }

  async #deliverAll(sink: Sink, terms: Terms): Promise<void> {
    // What is told in the same breath is seen by the loop, and its end by whoever tells next.
    await null;
    let isTaken = true;
    for (let batch = this.#next(); isTaken && batch.length > 0; batch = this.#next())
      isTaken = await this.#attempt(sink, batch, terms);
    this.#underWay = null;
  }

  /** Empty: nothing waits, or not now. */
  #next(): readonly Waiting[] {
    const { queue, readStanding } = this.#request;
    const { failureCount, nextAt } = readStanding();
    if (isTooEarly(nextAt)) return [];
    const waiting = queue.read();
    return failureCount > 0 || waiting.length > MOST_SINGLY ? waiting : waiting.slice(0, 1);
  }

  /** false: it is tried again later. */
  async #attempt(sink: Sink, batch: readonly Waiting[], { settings, machine }: Terms): Promise<boolean> {
    const { queue, readStanding, keep, say, name } = this.#request;
    const before = readStanding();
    const alerts = batch.map(({ alert }) => alert);
    const delivered = await sink
      .deliver({ machine, alerts, droppedCount: before.droppedCount })
      .catch((error: unknown) => trouble(String(error)));
    if (!delivered.ok) {
      keep(failed(readStanding(), delivered.error, settings.retryMs));
      if (before.failureCount === 0)
        say(
          'warn',
          `${name} (${sink.where}) could not be told: ${delivered.error.reason}; it is tried again`,
        );
      return false;
    }
    queue.remove(batch);
    if (before.failureCount > 0) say('info', `${name} is told again: ${batch.length} in one message`);
    if (before !== NO_TROUBLE)
      keep({ ...NO_TROUBLE, droppedCount: readStanding().droppedCount - before.droppedCount });
    return true;
  }
}

/** A clock that was set back does not put it off for longer than the longest wait. */
const isTooEarly = (nextAt: number): boolean => {
  const waitMs = nextAt - Date.now();
  return waitMs > 0 && waitMs <= LONGEST_PUT_OFF_MS;
};

/** Of a receiver that asks for time itself. */
const LONGEST_PUT_OFF_MS = 3_600_000;

function failed(before: SinkStanding, { reason, retryAfterMs }: SinkTrouble, firstMs: number): SinkStanding {
  const plainMs = Math.min(LONGEST_WAIT_MS, firstMs * 2 ** Math.min(before.failureCount, 20));
  // Many machines that lost the same receiver must not all come back at the same instant.
  const waitMs = Math.max(retryAfterMs ?? 0, plainMs * (0.75 + Math.random() / 2));
  return {
    ...before,
    failureCount: before.failureCount + 1,
    nextAt: Date.now() + waitMs,
    reason,
  };
}
