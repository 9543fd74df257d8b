// A descriptor on the service manager's notify socket, made once at the start: Node itself has no datagrams on a path.
// Knows: the two calls. May not know: what is written to it.

import { failure, type Result, success } from '../domain/result.ts';
import { renderSocketAddress } from '../formats/notify-message.ts';
import { type Libc, loadLibc } from './native.ts';

const AF_UNIX = 1;
/** asm-generic/socket.h; mips and alpha differ, and koffi is built for neither. */
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2_000_000;
const SOCK_NONBLOCK = 0o4_000;

export interface NotifyObstacle {
  /** false: nobody can be reached at that address, by whatever way. */
  readonly isOurs: boolean;
  readonly message: string;
}

/** For writeSync, one datagram a call, never waiting; the error's message is one clause. It is closed by our end alone. */
export function openNotifySocket(address: string): Result<number, NotifyObstacle> {
  const bytes = renderSocketAddress(address);
  if (!bytes.ok) return failure({ isOurs: false, message: bytes.error });
  const libc = loadLibc();
  return libc.ok
    ? connectTo(bytes.value, libc.value)
    : failure({ isOurs: true, message: `koffi is ${libc.error.reason}` });
}

function connectTo(address: Uint8Array, libc: Libc): Result<number, NotifyObstacle> {
  const socket = libc.declare('socket', 'int', ['int', 'int', 'int']);
  const connect = libc.declare('connect', 'int', ['int', 'uintptr_t', 'unsigned int']);
  const close = libc.declare('close', 'int', ['int']);
  if (socket === null || connect === null || close === null)
    return failure({ isOurs: true, message: 'libc has no sockets' });
  const descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return failure({ isOurs: true, message: `socket: ${libc.errno()}` });
  if (connect(descriptor, libc.addressOf(address), address.length) === 0) return success(descriptor);
  const refused = libc.errno();
  close(descriptor);
  return failure({ isOurs: false, message: `connect: ${refused}` });
}
