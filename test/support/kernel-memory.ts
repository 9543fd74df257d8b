// What one command leaves charged to kernel memory: it runs in a v1 memory cgroup of its own, which is read after its end.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';

const MEMORY_ROOT = '/sys/fs/cgroup/memory';
const KERNEL_MEMORY = 'memory.kmem.usage_in_bytes';

/** Whether this machine counts kernel memory by cgroup (v1), and lets us make one. */
export const hasKernelMemoryCounter = (): boolean =>
  process.getuid?.() === 0 && existsSync(`${MEMORY_ROOT}/${KERNEL_MEMORY}`);

/** Bytes of slab and other kernel memory still charged when the command has ended. */
export function kernelBytesOf(command: readonly string[]): number {
  const cgroup = `${MEMORY_ROOT}/syncguard-census-${process.pid}`;
  mkdirSync(cgroup);
  try {
    const enter = 'echo $$ > "$0/cgroup.procs" && exec "$@"';
    const child = spawnSync('sh', ['-c', enter, cgroup, ...command], { encoding: 'utf8' });
    if (child.status !== 0) throw new Error(`${command[0]} ended with ${child.status}: ${child.stderr}`);
    return Number(readFileSync(`${cgroup}/${KERNEL_MEMORY}`, 'utf8'));
  } finally {
    writeFileSync(`${cgroup}/memory.force_empty`, '0');
    rmdirSync(cgroup);
  }
}

/** How often anyone dropped the slab caches of this machine since it started; a change spoils a reading. */
export function cacheDrops(): number {
  return Number(/^drop_slab (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1] ?? 0);
}
