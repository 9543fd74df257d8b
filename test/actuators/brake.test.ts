import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyLegacyLimit, applyMemoryHigh, readBrakeCapability } from '../../src/actuators/brake.ts';
import { MiB } from '../../src/domain/units.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'syncguard-brake-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A recorded machine: file names and texts. */
function record(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const UNIFIED = {
  'proc/self/mountinfo': '30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n',
  'proc/self/cgroup': '0::/job\n',
  'sys/fs/cgroup/cgroup.controllers': 'cpu memory pids\n',
  'sys/fs/cgroup/job/memory.current': '1\n',
  'sys/fs/cgroup/job/cgroup.procs': '',
};
const LEGACY = {
  'proc/self/mountinfo': '30 20 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n',
  'proc/self/cgroup': '4:memory:/job\n',
  'sys/fs/cgroup/memory/job/memory.use_hierarchy': '1\n',
  'sys/fs/cgroup/memory/job/memory.oom_control': 'oom_kill_disable 0\n',
};

describe('the brake a machine can have', () => {
  it('is memory.high on the unified hierarchy', () => {
    record(UNIFIED);
    expect(readBrakeCapability(root).kind).toBe('memory-high');
  });

  it('is a waiting cgroup on a v1 hierarchy', () => {
    record(LEGACY);
    expect(readBrakeCapability(root).kind).toBe('waiting-cgroup');
  });

  it('is none where a child would escape its parent’s limit', () => {
    record({ ...LEGACY, 'sys/fs/cgroup/memory/job/memory.use_hierarchy': '0\n' });
    expect(readBrakeCapability(root)).toEqual({
      kind: 'none',
      reason: '/sys/fs/cgroup/memory/job does not count its children (memory.use_hierarchy 0)',
    });
  });

  it('is none where no memory cgroup is, and the reason says so', () => {
    record({ 'proc/self/mountinfo': UNIFIED['proc/self/mountinfo'], 'proc/self/cgroup': '0::/\n' });
    expect(readBrakeCapability(root)).toMatchObject({
      kind: 'none',
      reason: expect.stringContaining('no memory'),
    });
  });

  it('of this machine is answered without changing anything', () => {
    const capability = readBrakeCapability('');
    expect(capability.reason).not.toBe('');
    expect(readBrakeCapability('')).toEqual(capability);
  });
});

describe('setting it', () => {
  it('on v2 puts memory.high at 85 % of memory.max, and before it', () => {
    record({ 'c/memory.high': '', 'c/memory.max': '' });
    expect(applyMemoryHigh(join(root, 'c'), 100 * MiB).ok).toBe(true);
    expect(readFileSync(join(root, 'c/memory.high'), 'utf8')).toBe(String(85 * MiB));
    expect(readFileSync(join(root, 'c/memory.max'), 'utf8')).toBe(String(100 * MiB));
  });

  it('on v1 makes tasks wait only where asked', () => {
    record({ 'c/memory.limit_in_bytes': '', 'c/memory.oom_control': '' });
    applyLegacyLimit(join(root, 'c'), 16 * MiB, false);
    expect(readFileSync(join(root, 'c/memory.oom_control'), 'utf8')).toBe('');
    applyLegacyLimit(join(root, 'c'), 16 * MiB, true);
    expect(readFileSync(join(root, 'c/memory.oom_control'), 'utf8')).toBe('1');
  });

  it('that is refused is a gap naming the file', () => {
    expect(applyLegacyLimit(join(root, 'absent'), 1, true)).toMatchObject({
      error: { source: join(root, 'absent/memory.limit_in_bytes'), reason: 'absent' },
    });
  });
});
