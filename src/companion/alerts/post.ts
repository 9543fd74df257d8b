// From an alert to those who want it: kept on disk, restrained, copied to the queue of each sink, delivered from there.
// Knows: the order, when a failed sink is tried again, and what becomes one message. May not know: how a sink tells anybody.
//
//   guard, companion --slips--> in/ --restraint--> hook/ webhook/ cachet/ mail/ --one at a time--> the receiver
//                                                    \--failed: later, all that waits in one message
//
// Whatever a process is killed at, an alert is in the place it came from until it is in the one it goes to: it may come twice.

import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Alert, opensTrouble } from '../../domain/alert.ts';
import { releaseKeptBack, restrain } from '../../domain/alert-restraint.ts';
import type { AlertSettings } from '../../domain/settings.ts';
import { IN_TRAY } from '../../settings/places.ts';
import type { Level } from '../journal.ts';
import { Carrier } from './carrier.ts';
import { type Ledger, NO_TROUBLE, readLedger, writeLedger } from './ledger.ts';
import { leaveLock, takeLock } from './lock.ts';
import { openQueue, type Queue } from './queue.ts';
import type { Sink, SinkName } from './sink.ts';
import { sinksOf } from './sinks.ts';

export interface PostRequest {
  /** Of this guard's alerts. */
  readonly directory: string;
  /** As they are now; null: they cannot be read. */
  readSettings(): AlertSettings | null;
  say(level: Level, text: string): void;
}

/** As they are at one look. */
interface Addressees {
  readonly settings: AlertSettings;
  readonly sinks: readonly Sink[];
}

export class Post {
  readonly #request: PostRequest;
  readonly #tray: Queue;
  readonly #carriers: Map<SinkName, Carrier> = new Map();
  /** null: another process delivers, or none has to. */
  #ledger: Ledger | null = null;

  constructor(request: PostRequest) {
    this.#request = request;
    this.#tray = openQueue(join(request.directory, IN_TRAY));
  }

  /** Returns at once: whoever tells is not kept waiting. */
  tell(alert: Alert): void {
    if (this.#addressees()?.sinks.length === 0) return;
    this.#tray.add(alert);
    this.look();
  }

  /** Takes what others have left, and begins what is due; false: another process does. */
  look(): boolean {
    const addressees = this.#addressees();
    if (addressees === null || addressees.sinks.length === 0) return true;
    const { directory } = this.#request;
    if (this.#ledger === null && !takeLock(join(directory, LOCK))) return false;
    this.#ledger ??= readLedger(directory);
    this.#sort(this.#ledger, addressees);
    const { settings, sinks } = addressees;
    const terms = { settings, machine: settings.machine ?? hostname() };
    for (const sink of sinks) this.#carrierOf(sink).deliver(sink, terms);
    return true;
  }

  /** Whether somebody waits to be told that it is over; false where another process delivers. */
  get isTroubled(): boolean {
    return this.#ledger?.isTroubled === true;
  }

  /** Resolves when no attempt is under way. */
  async settled(): Promise<void> {
    await Promise.all([...this.#carriers.values()].map((carrier) => carrier.settled()));
  }

  close(): void {
    if (this.#ledger !== null) leaveLock(join(this.#request.directory, LOCK));
    this.#ledger = null;
  }

  /** null: the settings cannot be read, and what comes waits. */
  #addressees(): Addressees | null {
    const settings = this.#request.readSettings();
    return settings === null ? null : { settings, sinks: sinksOf(settings, this.#request.directory) };
  }

  #sort(ledger: Ledger, { settings, sinks }: Addressees): void {
    const waiting = this.#tray.read();
    const fresh = waiting.map(({ alert }) => alert);
    const { alerts, change } = sift(fresh, ledger, settings);
    for (const alert of alerts) for (const sink of sinks) this.#carrierOf(sink).take(alert);
    if (waiting.length > 0 || alerts.length > 0) this.#keep(change);
    this.#tray.remove(waiting);
  }

  #keep(change: Partial<Ledger>): void {
    const { directory } = this.#request;
    this.#ledger = { ...(this.#ledger ?? readLedger(directory)), ...change };
    writeLedger(directory, this.#ledger);
  }

  #carrierOf({ name }: Sink): Carrier {
    const known = this.#carriers.get(name);
    if (known !== undefined) return known;
    const { directory, say } = this.#request;
    const made = new Carrier({
      name,
      queue: openQueue(join(directory, name)),
      readStanding: () => this.#ledger?.sinks[name] ?? NO_TROUBLE,
      keep: (standing) => this.#keep({ sinks: { ...this.#ledger?.sinks, [name]: standing } }),
      say,
    });
    this.#carriers.set(name, made);
    return made;
  }
}

const LOCK = 'lock';

interface Sifted {
  readonly alerts: readonly Alert[];
  readonly change: Pick<Ledger, 'restraint' | 'isTroubled'>;
}

/** What of the new ones is told now, after what was kept back and is due. */
function sift(fresh: readonly Alert[], { restraint, isTroubled }: Ledger, settings: AlertSettings): Sifted {
  const moment = { nowAt: Date.now(), everyMs: settings.everyMs };
  let step = releaseKeptBack(restraint, moment);
  let isOpen = isTroubled;
  const alerts = step.told === null ? [] : [step.told];
  for (const alert of fresh) {
    if (alert.event !== 'test' && !settings.events.includes(alert.event)) continue;
    if (opensTrouble(alert)) isOpen = true;
    if (alert.event === 'recovered') isOpen = false;
    step = restrain(step.restraint, alert, moment);
    if (step.told !== null) alerts.push(step.told);
  }
  return { alerts, change: { restraint: step.restraint, isTroubled: isOpen } };
}
