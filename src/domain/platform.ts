// Which kernel's rules hold: how dcachesize is counted, where it is refused, what a watch pins.

export const PLATFORM_IDS = ['openvz-028', 'openvz-042', 'openvz-7', 'cgroup2', 'cgroup1', 'host'] as const;
export type PlatformId = (typeof PLATFORM_IDS)[number];

export type Architecture = 'x86_64' | 'i686' | 'aarch64' | 'armv7l' | 'other';

export interface Platform {
  readonly id: PlatformId;
  /** One clause: what was seen that decided it. */
  readonly evidence: string;
  /** uname -r of the kernel, from /proc/sys/kernel/osrelease; `unknown` when unreadable. */
  readonly kernelRelease: string;
  /** The kernel's machine, not the process's: an arm process on an aarch64 kernel pays 64-bit prices. */
  readonly architecture: Architecture;
  readonly pageBytes: number;
  /** `systemd`, `docker`, `lxc`, `openvz`, … or null on a plain host. */
  readonly container: string | null;
}

export const isPlatformId = (word: string): word is PlatformId => PLATFORM_IDS.some((id) => id === word);

export const isBeancounterPlatform = (id: PlatformId): boolean => id === 'openvz-028' || id === 'openvz-042';
