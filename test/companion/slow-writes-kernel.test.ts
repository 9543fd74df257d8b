// What the kernel gives back when a living v1 cgroup is throttled.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { slowWrites } from '../../src/companion/slow-writes.ts';
import { isMet } from '../support/need.ts';

const MEMORY_ROOT = '/sys/fs/cgroup/memory';
const canMake = isMet(
  process.getuid?.() === 0 && existsSync(`${MEMORY_ROOT}/memory.force_empty`),
  'needs root and a v1 memory hierarchy: the cache of a living cgroup is given back',
);
const CACHE_MB = 48;

describe.runIf(canMake)('throttling a real v1 cgroup', () => {
  it('gives its file cache back while its process lives on', async () => {
    const place = mkdtempSync(join(tmpdir(), 'syncguard-slow-'));
    const room = `${MEMORY_ROOT}/syncguard-slow-${process.pid}`;
    mkdirSync(room);
    const script = `echo $$ > "$0/cgroup.procs"; dd if=/dev/zero of="$1/file" bs=1M count=${CACHE_MB} conv=fsync 2>/dev/null; echo filled; exec sleep 600`;
    const child = spawn('sh', ['-c', script, room, place], { stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    try {
      await new Promise((resolve) => child.stdout.once('data', resolve));
      const held = (): number => Number(readFileSync(`${room}/memory.usage_in_bytes`, 'utf8')) / 2 ** 20;
      expect(held()).toBeGreaterThan(CACHE_MB);
      const request = {
        rooms: [{ directory: room, kind: 'memory' as const }],
        stateFile: join(place, 'state'),
      };
      await slowWrites({ ...request, say: () => {}, now: () => 0 }).throttle();
      expect(held()).toBeLessThan(CACHE_MB / 2);
      expect(child.exitCode ?? child.signalCode).toBeNull();
    } finally {
      child.kill('SIGKILL');
      await ended;
      rmSync(place, { recursive: true });
      await expect.poll(() => isRemoved(room)).toBe(true);
    }
  });
});

/** A process that has ended lies in its cgroup for some milliseconds more. */
function isRemoved(room: string): boolean {
  try {
    rmdirSync(room);
    return true;
  } catch {
    return false;
  }
}
