// What of a unit's hardening this machine bears, tried rather than guessed: a container may forbid what its kernel can.

import { readKernelFile } from '../kernel/kernel-file.ts';
import { askProgram, type Environment } from './daemon-program.ts';

/** null: it can be had; else one clause. */
export interface UnitBearing {
  readonly mounts: string | null;
  readonly hostname: string | null;
  readonly seccomp: string | null;
  readonly privileges: string | null;
}

/** What ProtectSystem= and its like do, in a namespace that ends with the trial. */
const READ_ONLY_TRIAL = 'mount --bind /usr /usr && mount -o remount,bind,ro /usr';

/** As root; anybody else is refused everything, whatever the machine bears. */
export async function tryUnitBearing(environment: Environment): Promise<UnitBearing> {
  const attempted = async (words: readonly string[], what: string): Promise<string | null> => {
    const done = await askProgram(['unshare', ...words], environment);
    return done.ok ? null : `${what} here (${done.error.split(': ').at(-1)})`;
  };
  return {
    mounts: await attempted(['--mount', 'sh', '-c', READ_ONLY_TRIAL], 'no mount namespace can be made'),
    hostname: await attempted(['--uts', 'true'], 'no host name of its own can be had'),
    seccomp: readKernelFile('', '/proc/sys/kernel/seccomp/actions_avail').ok
      ? null
      : 'this kernel filters no system calls',
    privileges: null,
  };
}
