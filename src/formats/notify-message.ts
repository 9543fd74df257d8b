// What a service manager is told, and where (sd_notify(3)): lines of KEY=VALUE in one datagram to the socket it named.

import type { Phase } from '../domain/lifecycle.ts';
import { failure, type Result, success } from '../domain/result.ts';

/** Its address, and whether and how often it wants to hear that the guard lives. */
export const NOTIFY_VARIABLES = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'] as const;

export type NotifyEnvironment = Readonly<Record<string, string | undefined>>;

/** sizeof(sun_path), unix(7). */
const LONGEST_PATH_BYTES = 108;
const AF_UNIX = 1;

/**
 * The bytes of a sockaddr_un: a path, or with `@` in front a name in the abstract namespace, which ends where the address
 * does and not at a NUL. An error is a clause.
 */
export function renderSocketAddress(address: string): Result<Uint8Array<ArrayBuffer>, string> {
  const name = new TextEncoder().encode(address.startsWith('@') ? `\0${address.slice(1)}` : `${address}\0`);
  if (!/^[/@]./s.test(address)) return failure(`${address} is neither a path nor @NAME`);
  if (name.length > LONGEST_PATH_BYTES)
    return failure(`${address} is longer than the ${LONGEST_PATH_BYTES - 1} bytes a socket's path may have`);
  // The family is in the machine's own byte order.
  const family = new Uint8Array(Uint16Array.of(AF_UNIX).buffer);
  const bytes = new Uint8Array(family.length + name.length);
  bytes.set(family);
  bytes.set(name, family.length);
  return success(bytes);
}

/** Milliseconds between two signs of life, half of what the manager waits for one; null: it waits for none from `pid`. */
export function watchdogIntervalMs(environment: NotifyEnvironment, pid: number): number | null {
  const { WATCHDOG_USEC: usec = '', WATCHDOG_PID: whose } = environment;
  const waitsUsec = /^\d{1,15}$/.test(usec) ? Number(usec) : 0;
  if (waitsUsec === 0 || (whose !== undefined && whose !== String(pid))) return null;
  return waitsUsec / 1_000 / 2;
}

export const READY = 'READY=1';
export const STOPPING = 'STOPPING=1';
export const WATCHDOG = 'WATCHDOG=1';
/** From now on it waits for no sign of life. */
export const NO_WATCHDOG = 'WATCHDOG_USEC=0';

/** A start that takes longer than was configured is not given up within `forMs` from now. */
export const renderExtension = (forMs: number): string => `EXTEND_TIMEOUT_USEC=${forMs * 1_000}`;

/** One sentence for `systemctl status`; `daemon` is without control characters. */
export const renderStatus = (sentence: string): string => `STATUS=${sentence}`;

/** What is said of a daemon in each phase; of what is near its wall the name may follow. */
export const PHASE_SENTENCES: Readonly<Record<Phase, (daemon: string) => string>> = {
  starting: (daemon) => `${daemon} is starting, slice by slice`,
  running: (daemon) => `${daemon} runs under guard`,
  throttled: (daemon) => `${daemon} is slowed down (syncguard why)`,
  paused: (daemon) => `${daemon} is paused (syncguard why)`,
  stopping: (daemon) => `${daemon} is told to end (syncguard why)`,
  killing: (daemon) => `${daemon} is being killed (syncguard why)`,
  ended: (daemon) => `${daemon} has ended`,
  waiting: (daemon) => `${daemon} waits for its next start`,
  held: (daemon) => `${daemon} is on hold (syncguard restart --clear-hold)`,
};

/** Waiting because the gate refuses, which is no phase of its own. */
export const renderRefusedSentence = (daemon: string): string =>
  `${daemon} waits until it fits (syncguard why)`;
