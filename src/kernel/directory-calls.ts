// Directories through system calls, by address: no string and no object per entry.

import { constants } from 'node:fs';
import { failure, type Result, success } from '../domain/result.ts';
import { type CFunction, type Libc, loadLibc, type NativeAbsence } from './native.ts';

/** A descriptor that stands for the current directory (include/uapi/linux/fcntl.h). */
export const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_NO_AUTOMOUNT = 0x800;
/** Numbers node:fs does not export; octal and the same on every architecture koffi is built for. */
const O_CLOEXEC = 0o2_000_000;
const O_PATH = 0o10_000_000;
const OPEN_TO_LIST: number = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | O_CLOEXEC;
const OPEN_TO_PASS: number = O_PATH | constants.O_DIRECTORY | O_CLOEXEC;

const STATX_TYPE = 1;
/** struct statx (include/uapi/linux/stat.h): 256 bytes, stx_mode at 28, the same on every architecture. */
const STATX_BYTES = 256;
const STATX_MODE_AT = 28;
/** Bits of the mode above the permissions are the d_type. */
const MODE_TO_TYPE_SHIFT = 12;

/** __NR_getdents64, for a glibc before 2.30 that does not export it. */
const GETDENTS64_NUMBER: Readonly<Record<string, number>> = {
  x64: 217,
  arm: 217,
  ia32: 220,
  arm64: 61,
  riscv64: 61,
};

/** Calls that fail return -1; `errno` then tells why, until the next call. Names are NUL-terminated, by address. */
export interface DirectoryCalls {
  /** Opens a directory for listing; a symlink is not followed. */
  open(parent: number, name: number): number;
  /** Opens a directory only to open others below it. */
  openToPass(parent: number, name: number): number;
  /** getdents64: bytes of records written to the buffer, 0 at the end. */
  list(descriptor: number, buffer: number, bufferBytes: number): number;
  close(descriptor: number): void;
  /** Whether an open directory carries this extended attribute with the value `1`; null: this libc cannot tell. */
  readonly carriesOne: ((descriptor: number, attribute: string) => boolean) | null;
  /** d_type of one entry, by a stat that follows nothing. */
  typeOf(parent: number, name: number): number;
  addressOf(bytes: Uint8Array): number;
  errno(): string;
}

/** The calls, tried on `/` before they are handed out. */
export function loadDirectoryCalls(): Result<DirectoryCalls, NativeAbsence> {
  const libc = loadLibc();
  if (!libc.ok) return libc;
  const calls = declareCalls(libc.value);
  if (calls === null) return failure({ reason: 'unfit', detail: 'libc lacks openat, getdents64 or statx' });
  return canList(calls) ? success(calls) : failure({ reason: 'unfit', detail: 'listing / gave no sense' });
}

function declareCalls(libc: Libc): DirectoryCalls | null {
  const openat = libc.declare('openat', 'int', ['int', 'uintptr_t', 'int']);
  const list = declareGetdents(libc);
  const close = libc.declare('close', 'int', ['int']);
  const statx = libc.declare('statx', 'int', ['int', 'uintptr_t', 'int', 'unsigned int', 'uintptr_t']);
  if (openat === null || list === null || close === null || statx === null) return null;
  const { addressOf, errno } = libc;
  return {
    open: (parent, name) => openat(parent, name, OPEN_TO_LIST),
    openToPass: (parent, name) => openat(parent, name, OPEN_TO_PASS),
    list,
    close,
    carriesOne: attributeReader(libc),
    typeOf: typeReader(statx, addressOf),
    addressOf,
    errno,
  };
}

/** Value bytes asked for: a longer value is ERANGE, and not `1`. */
const VALUE_BYTES = 8;
const ONE = 49;

/** Tried on no descriptor at all before it is handed out. */
function attributeReader({ declare, addressOf, errno }: Libc): DirectoryCalls['carriesOne'] {
  const fgetxattr = declare('fgetxattr', 'long', ['int', 'uintptr_t', 'uintptr_t', 'size_t']);
  if (fgetxattr === null) return null;
  const value = Buffer.allocUnsafeSlow(VALUE_BYTES);
  let name = terminated('user.x');
  let named = 'user.x';
  const carriesOne = (descriptor: number, attribute: string): boolean => {
    if (attribute !== named) [name, named] = [terminated(attribute), attribute];
    const written = fgetxattr(descriptor, addressOf(name), addressOf(value), VALUE_BYTES);
    return written === 1 && value[0] === ONE;
  };
  return !carriesOne(-1, named) && errno() === 'EBADF' ? carriesOne : null;
}

function terminated(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text) + 1).fill(0);
  bytes.write(text);
  return bytes;
}

function declareGetdents(libc: Libc): CFunction | null {
  const exported = libc.declare('getdents64', 'long', ['int', 'uintptr_t', 'size_t']);
  if (exported !== null) return exported;
  const number = GETDENTS64_NUMBER[process.arch];
  const syscall = libc.declare('syscall', 'long', ['long', 'long', 'uintptr_t', 'size_t']);
  if (syscall === null || number === undefined) return null;
  return (descriptor = -1, buffer = 0, size = 0) => syscall(number, descriptor, buffer, size);
}

function typeReader(statx: CFunction, addressOf: Libc['addressOf']): DirectoryCalls['typeOf'] {
  const result = Buffer.allocUnsafeSlow(STATX_BYTES);
  const mode = new Uint16Array(result.buffer, STATX_MODE_AT, 1);
  const address = addressOf(result);
  return (parent, name) => {
    const status = statx(parent, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_TYPE, address);
    return status < 0 ? status : (mode[0] ?? 0) >> MODE_TO_TYPE_SHIFT;
  };
}

/** Smallest record: 8 + 8 + 2 + 1 bytes and a name with its NUL, to a multiple of 8. */
const SMALLEST_RECORD_BYTES = 24;
const RECORD_LENGTH_AT = 16;

/** Lists `/` and follows the record lengths to the exact end of what the kernel says it wrote. */
function canList(calls: DirectoryCalls): boolean {
  const name = Buffer.allocUnsafeSlow(2).fill('/\0');
  const buffer = Buffer.allocUnsafeSlow(4096);
  const lengths = new Uint16Array(buffer.buffer);
  const descriptor = calls.open(AT_FDCWD, calls.addressOf(name));
  if (descriptor < 0) return false;
  const written = calls.list(descriptor, calls.addressOf(buffer), buffer.length);
  calls.close(descriptor);
  let at = 0;
  while (at < written) {
    const length = lengths[(at + RECORD_LENGTH_AT) >> 1] ?? 0;
    if (length < SMALLEST_RECORD_BYTES) return false;
    at += length;
  }
  return written > 0 && at === written;
}
