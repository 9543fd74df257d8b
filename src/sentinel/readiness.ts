// The service manager's view of a run: starting, ready, alive, stopping. Beside the tick, which feeds and tells by the notice.
// Knows: which way leads to the manager here, and who speaks when. May not know: walls, phases, why there is no daemon.
//
//   opened -- asks for more time until there is a daemon --> ready -- daemon under guard: its tick feeds    --> closed: STOPPING
//                                                                  -- between two daemons: a timer feeds
//
//   koffi            a socket of our own: all of it
//   systemd-notify   a process a message, so none while a daemon runs: READY and more time alone, and the watchdog is called off
//   neither          nothing, and it is said

import { findNotifyWay, type NotifyWay } from '../actuators/notify-way.ts';
import {
  NO_WATCHDOG,
  READY,
  renderExtension,
  renderStatus,
  STOPPING,
  watchdogIntervalMs,
} from '../formats/notify-message.ts';
import { monotonicMs } from '../kernel/clock.ts';
import type { Announcer } from './announcement.ts';
import { ServiceNotice } from './service-notice.ts';

export interface ReadinessRequest {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly daemon: string;
  readonly isDryRun: boolean;
  readonly say: Announcer;
}

/** A count of a large cold tree takes minutes, and room may come after days: both longer than a start may. */
const EXTENSION_MS = 60_000;
const EXTEND_EVERY_MS = 20_000;

export class Readiness {
  readonly notice: ServiceNotice;
  readonly #way: NotifyWay;
  /** null: no sign of life is waited for. */
  readonly #aliveMs: number | null;
  #isReady = false;
  #timer: NodeJS.Timeout | null = null;

  constructor({ environment, daemon, isDryRun, say }: ReadinessRequest) {
    this.#way = findNotifyWay(environment);
    this.#aliveMs = watchdogIntervalMs(environment, process.pid);
    const descriptor = this.#way.kind === 'socket' ? this.#way.descriptor : -1;
    this.notice = new ServiceNotice({ descriptor, daemon, isDryRun });
    this.#complain(say);
    if (this.#way.kind === 'none') return;
    this.#extend(renderStatus(`${daemon} is being counted before it is started`));
    this.#every(EXTEND_EVERY_MS, () => this.#extend());
  }

  /** The daemon was executed: what is counted as started. Said once. */
  ready(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#every(null);
    const isFed = this.#way.kind === 'socket';
    this.#send(READY, ...(isFed || this.#aliveMs === null ? [] : [NO_WATCHDOG]));
    if (isFed && this.#aliveMs !== null) this.notice.keepAlive(this.#aliveMs, monotonicMs());
  }

  /** A daemon is under guard: its tick feeds. Until it is ready the manager waits for that, and for no sign of life. */
  attend(): void {
    if (this.#isReady) this.#every(null);
  }

  /** No daemon, and so no tick. */
  rest(): void {
    if (this.#isReady && this.#aliveMs !== null)
      this.#every(this.#aliveMs, () => this.notice.feed(monotonicMs()));
  }

  /** The daemon speaks for itself (--pass-notify). */
  withdraw(): void {
    this.#every(null);
    this.#isReady = true;
    this.notice.withdraw();
  }

  close(): void {
    this.#every(null);
    // By a process of its own it would arrive after our end.
    if (this.#isReady) this.notice.send(Buffer.from(STOPPING));
    this.notice.withdraw();
  }

  #extend(...more: readonly string[]): void {
    this.#send(renderExtension(EXTENSION_MS), ...more);
  }

  #send(...lines: readonly string[]): void {
    if (this.#way.kind === 'program') this.#way.send(lines);
    else this.notice.send(Buffer.from(lines.join('\n')));
  }

  /** One timer at most; null: none. */
  #every(delayMs: number | null, act: () => void = () => {}): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = delayMs === null ? null : setInterval(act, delayMs);
  }

  #complain(say: Announcer): void {
    if (this.#way.kind === 'program')
      say.say(
        `the service manager is told READY by ${this.#way.file}, and of no phase and no sign of life: ${this.#way.reason}`,
      );
    else if (this.#way.kind === 'none' && this.#way.reason !== '')
      say.insist(`the service manager cannot be told READY: ${this.#way.reason}`, 'syncguard doctor');
  }
}
