// How a service manager can be told anything from here: Node alone has no datagrams on a path.
// Knows: the two ways, and what stands in the way of the better one. May not know: what is told, or when.

import type { NotifyEnvironment } from '../formats/notify-message.ts';
import { openNotifySocket } from '../kernel/notify-socket.ts';
import { findProgram } from '../kernel/program-path.ts';
import { startProgram } from './program.ts';

/**
 * `socket`: a descriptor that a tick may write to. `program`: a process for each message, so none while a daemon runs.
 * `none`: nobody is told; `reason` is '' where nobody asked to be.
 */
export type NotifyWay =
  | { readonly kind: 'socket'; readonly descriptor: number }
  | {
      readonly kind: 'program';
      readonly file: string;
      readonly reason: string;
      send(lines: readonly string[]): void;
    }
  | { readonly kind: 'none'; readonly reason: string };

export const NOTIFY_PROGRAM = 'systemd-notify';

/** For the socket that the environment names. */
export function findNotifyWay(environment: NotifyEnvironment): NotifyWay {
  const { NOTIFY_SOCKET: address = '', PATH: path = '' } = environment;
  if (address === '') return { kind: 'none', reason: '' };
  const opened = openNotifySocket(address);
  if (opened.ok) return { kind: 'socket', descriptor: opened.value };
  const { isOurs, message: reason } = opened.error;
  if (!isOurs) return { kind: 'none', reason: `${address}: ${reason}` };
  const file = findProgram(NOTIFY_PROGRAM, path);
  if (file === null) return { kind: 'none', reason: `${reason}, and there is no ${NOTIFY_PROGRAM}` };
  return { kind: 'program', file, reason, send: (lines) => tellBy(file, lines, address) };
}

/** Without root the message bears the program's own pid, which a unit takes with NotifyAccess=all alone. */
function tellBy(file: string, lines: readonly string[], address: string): void {
  const started = startProgram(file, lines, { stdio: 'ignore', env: { NOTIFY_SOCKET: address } });
  if (started.ok) started.value.unref();
}
