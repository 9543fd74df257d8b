// /proc/PID/status: the few lines that tell whose process it is.

import { failure, type Malformed, type Result, success } from '../domain/result.ts';

export interface ProcStatus {
  readonly pid: number;
  readonly parentPid: number;
  readonly realUid: number;
  readonly threads: number;
  /** Child of kthreadd (pid 2) without memory of its own, so without descriptors: most of a machine's processes. */
  readonly isKernelThread: boolean;
  /** OpenVZ: the container's id, 0 on the host; null on other kernels. */
  readonly envId: string | null;
  /** Bit n-1 is set when signal n is ignored. */
  readonly ignoredSignals: bigint;
}

/** Bytes of RssAnon, since 4.5 (fs/proc/task_mmu.c); before, VmRSS is the nearest, with mapped files in it. null: neither. */
export function parseAnonymousBytes(text: string): number | null {
  const kilobytes = (/^RssAnon:\s+(\d+) kB$/m.exec(text) ?? /^VmRSS:\s+(\d+) kB$/m.exec(text))?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

/** Without its Pid, PPid, Uid, Threads or SigIgn line the text is Malformed. */
export function parseProcStatus(text: string): Result<ProcStatus, Malformed> {
  const number = (pattern: RegExp): number | null => {
    const digits = pattern.exec(text)?.[1];
    return digits === undefined ? null : Number(digits);
  };
  const pid = number(/^Pid:\t(\d{1,10})$/m);
  const parentPid = number(/^PPid:\t(\d{1,10})$/m);
  const realUid = number(/^Uid:\t(\d{1,10})\t/m);
  const threads = number(/^Threads:\t(\d{1,10})$/m);
  const ignored = /^SigIgn:\t([0-9a-f]{16})$/m.exec(text)?.[1];
  if (pid === null || parentPid === null || realUid === null || threads === null || ignored === undefined)
    return failure({ reason: 'no Pid, PPid, Uid, Threads or SigIgn line', line: 1 });
  return success({
    pid,
    parentPid,
    realUid,
    threads,
    isKernelThread: (pid === 2 || parentPid === 2) && !/^VmSize:/m.test(text),
    envId: /^envID:\t(\S+)$/m.exec(text)?.[1] ?? null,
    ignoredSignals: BigInt(`0x${ignored}`),
  });
}
