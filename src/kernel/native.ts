// The only door to koffi (an optional package): C functions of the libc this process already runs on.
// Knows how to find and call them; absence is a value, and everything works without. May not know what they are for.

import { createRequire } from 'node:module';
import { getSystemErrorName } from 'node:util';
import { failure, type Result, success } from '../domain/result.ts';

export type CType = 'int' | 'unsigned int' | 'long' | 'size_t' | 'uintptr_t';

/** A C function: numbers in, number out; addresses are numbers, since user space ends at 2^47. */
export type CFunction = (...values: readonly number[]) => number;

export interface Libc {
  /** Null: this libc has no such function. The prototype must be the one of its manual page. */
  declare(name: string, result: CType, parameters: readonly CType[]): CFunction | null;
  /** Where the bytes lie. The caller keeps the array alive, and must not take one from Buffer's shared pool. */
  addressOf(bytes: Uint8Array): number;
  /** The errno of the call that just returned -1, as `EACCES`. */
  errno(): string;
}

export interface NativeAbsence {
  /** `absent`: not installed, or not for this machine. `blocked`: the permission model. `unfit`: failed its self-test. */
  readonly reason: 'absent' | 'blocked' | 'unfit';
  readonly detail: string;
}

/** What is used of koffi 3, of the package and of its binary alike. */
interface Koffi {
  load(path: null): { func(name: string, result: string, parameters: readonly string[]): CFunction };
  address(value: Uint8Array): bigint;
  errno(): number;
}

let loaded: Result<Libc, NativeAbsence> | undefined;

/** Loads once, on first use: 2 to 8 ms and 3 to 7 MiB (Node 20 to 26), so only where it will pay. */
export function loadLibc(): Result<Libc, NativeAbsence> {
  loaded ??= openLibc();
  return loaded;
}

function openLibc(): Result<Libc, NativeAbsence> {
  try {
    const libc = libcOf(requireKoffi());
    return isFit(libc) ? success(libc) : failure({ reason: 'unfit', detail: 'close(-1) was not EBADF' });
  } catch (error) {
    return failure({
      reason: absenceOf(error),
      detail: error instanceof Error ? error.message : String(error),
    });
  }
}

/**
 * The binary of this machine's package where npm has put it, else whatever koffi itself finds. On the way to that same
 * binary koffi's own loader compiles four files and reads Node's ELF header: 8 ms of processor time against 2 (Node 20.20).
 */
function requireKoffi(): Koffi {
  const requirePackage = createRequire(import.meta.url);
  const { platform, arch } = process;
  try {
    // Built for glibc: under musl it does not load, and koffi takes the other one.
    return requirePackage(`@koromix/koffi-${platform}-${arch}/${platform}_${arch}/koffi.node`) as Koffi;
  } catch {
    return requirePackage('koffi') as Koffi;
  }
}

/** ERR_DLOPEN_DISABLED: Node's permission model without --allow-addons. */
const absenceOf = (error: unknown): NativeAbsence['reason'] =>
  error instanceof Error && 'code' in error && error.code === 'ERR_DLOPEN_DISABLED' ? 'blocked' : 'absent';

function libcOf(koffi: Koffi): Libc {
  // The process's own symbols: no soname to guess, glibc and musl alike.
  const library = koffi.load(null);
  return {
    declare(name, result, parameters) {
      try {
        return library.func(name, result, parameters);
      } catch {
        return null;
      }
    },
    addressOf: (bytes) => Number(koffi.address(bytes)),
    errno: () => getSystemErrorName(-koffi.errno()),
  };
}

/** A call that must fail in a known way: shows that arguments, result and errno pass as they should. */
function isFit(libc: Libc): boolean {
  const close = libc.declare('close', 'int', ['int']);
  return close !== null && close(-1) === -1 && libc.errno() === 'EBADF';
}
