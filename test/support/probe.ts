// Runs probe.c inside a memory cgroup of its own. Paths are from the project's root, where tests and benches are started.
import { execFileSync } from 'node:child_process';
import { accessSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type ProbePattern = 'walk' | 'stat' | 'watch-directories' | 'watch-entries' | 'hold' | 'mirror';

export interface ProbeReading {
  readonly entries: number;
  readonly directories: number;
  readonly held: number;
  readonly errors: number;
  /** Kernel memory charged by the pattern, and what reclaim left of it while the process held on. */
  readonly grownBytes: number;
  readonly pinnedBytes: number;
  readonly pageCacheBytes: number;
  /** Slab caches of the machine dropped by somebody meanwhile: the reading is too low. */
  readonly cacheDrops: number;
}

const SOURCE = 'test/support/probe.c';
const MEMORY_ROOT = '/sys/fs/cgroup/memory';
const COMMANDS = ['cc', 'mount', 'mkfs.ext4', 'mkfs.xfs', 'mkfs.btrfs'];

/** Why kernel memory cannot be measured here; null when it can. */
export function whyNoProbe(): string | null {
  if (process.getuid?.() !== 0) return 'measuring kernel memory needs root (cgroup, loop mounts)';
  if (!existsSync(`${MEMORY_ROOT}/memory.kmem.usage_in_bytes`))
    return 'no cgroup v1 memory controller with kernel memory accounting';
  if (!existsSync('/dev/loop-control')) return 'no loop devices';
  const missing = COMMANDS.filter((command) => !isInPath(command));
  return missing.length === 0 ? null : `not installed: ${missing.join(' ')}`;
}

function isInPath(command: string): boolean {
  return `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`.split(':').some((directory) => {
    try {
      accessSync(join(directory, command));
      return true;
    } catch {
      return false;
    }
  });
}

/** This process's own memory cgroup: ours is made below it, so that whatever bounds us bounds the probe. */
function ownCgroup(): string {
  const line = readFileSync('/proc/self/cgroup', 'utf8')
    .split('\n')
    .find((text) => text.split(':')[1]?.split(',').includes('memory'));
  const path = join(MEMORY_ROOT, line?.split(':')[2] ?? '/');
  return existsSync(path) ? path : MEMORY_ROOT;
}

export class Probe {
  readonly #directory: string = mkdtempSync(join(tmpdir(), 'syncguard-probe-'));
  readonly #program: string = join(this.#directory, 'probe');
  #runs = 0;

  constructor() {
    execFileSync('cc', ['-O2', '-Wall', '-o', this.#program, SOURCE], { stdio: 'inherit' });
  }

  /** One pattern in a fresh cgroup. `argument`: the files to hold, or the tree to mirror. */
  read(pattern: ProbePattern, tree: string, argument?: string | number): ProbeReading {
    const cgroup = join(ownCgroup(), `syncguard-probe-${process.pid}-${this.#runs++}`);
    mkdirSync(cgroup);
    try {
      const parameters = [pattern, cgroup, tree, ...(argument === undefined ? [] : [String(argument)])];
      return JSON.parse(execFileSync(this.#program, parameters, { encoding: 'utf8' }));
    } finally {
      rmdirSync(cgroup);
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
