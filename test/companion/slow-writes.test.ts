import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SlowWrites, slowWrites } from '../../src/companion/slow-writes.ts';
import { stallWatch } from '../../src/companion/stall-watch.ts';
import { RUN_SHARE } from '../../src/domain/duty-cycle.ts';

const MiB = 1024 * 1024;

// Plain files stand in for a v2 cgroup's: what is tested is which value is written when, not what the kernel does on it.
let room: string;
let said: string[];
let nowMs: number;
beforeEach(() => {
  room = mkdtempSync(join(tmpdir(), 'syncguard-slow-'));
  said = [];
  nowMs = 0;
  tell({
    'memory.high': '90000000',
    'memory.max': '100000000',
    'memory.current': '80000000',
    'memory.reclaim': '',
  });
  stat(20 * MiB, 60 * MiB);
  stalled(0);
});
afterEach(() => rmSync(room, { recursive: true }));

function tell(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(room, name), `${text}\n`);
}
const stat = (anonBytes: number, slabReclaimableBytes: number): void =>
  tell({
    'memory.stat': `anon ${anonBytes}\nfile 0\nkernel ${slabReclaimableBytes + MiB}\nshmem 0\nunevictable 0\nslab_reclaimable ${slabReclaimableBytes}\nslab_unreclaimable ${MiB}\ninactive_file 0\nactive_file 0\nfile_dirty 0\nfile_writeback 0`,
  });
const stalled = (microseconds: number): void =>
  tell({
    'memory.pressure': `some avg10=0.00 avg60=0.00 avg300=0.00 total=${microseconds}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=${microseconds}`,
  });
const value = (name: string): string => readFileSync(join(room, name), 'utf8').split('\n')[0] ?? '';

const open = (kind: 'unified' | 'memory' = 'unified'): SlowWrites =>
  slowWrites({
    rooms: [{ directory: room, kind }],
    stateFile: join(room, 'state.json'),
    say: (level, text) => said.push(`${level} ${text}`),
    now: () => nowMs,
  });

describe('throttling a cgroup of v2', () => {
  it('lowers memory.high to what is firm and the margin, asks for the rest back, and undoes it', async () => {
    const writes = open();
    await writes.throttle();
    const high = 21 * MiB + 16 * MiB;
    expect(value('memory.high')).toBe(String(high));
    expect(value('memory.reclaim')).toBe(String(80_000_000 - high));
    writes.unthrottle();
    expect(value('memory.high')).toBe('90000000');
  });

  it('leaves it where what is firm reaches up to it', async () => {
    stat(70 * MiB, 0);
    const writes = open();
    await writes.throttle();
    expect([value('memory.high'), value('memory.reclaim')]).toEqual(['90000000', '']);
  });

  it('puts a former max back as max', async () => {
    tell({ 'memory.high': 'max' });
    const writes = open();
    await writes.throttle();
    expect(value('memory.high')).not.toBe('max');
    writes.unthrottle();
    // A plain file keeps the digits behind; a cgroup's takes the written word alone.
    expect(value('memory.high')).toMatch(/^max/);
  });

  it('is undone by the next companion where the last was killed', async () => {
    await open().throttle();
    expect(value('memory.high')).not.toBe('90000000');
    open();
    expect(value('memory.high')).toBe('90000000');
    tell({ 'memory.high': '70000000' });
    open();
    expect(value('memory.high')).toBe('70000000');
  });

  it('is undone when it is let go while the kernel still reclaims', async () => {
    const writes = open();
    const throttled = writes.throttle();
    writes.unthrottle();
    await throttled;
    expect(value('memory.high')).toBe('90000000');
  });

  it('is given up, aloud, when the daemon stood still for 10 s in the part of them that it runs', async () => {
    const writes = open();
    await writes.throttle();
    for (let second = 0; second <= 11; second += 1) {
      nowMs = second * 1000;
      stalled(second * 450_000 * RUN_SHARE);
      writes.look();
      if (second < 10) expect(value('memory.high'), `second ${second}`).not.toBe('90000000');
    }
    expect(value('memory.high')).toBe('90000000');
    expect(said.filter((line) => line.startsWith('warn'))).toHaveLength(1);
  });

  it('of a daemon whose cgroup has gone says nothing', async () => {
    const writes = open();
    await writes.throttle();
    rmSync(room, { recursive: true });
    expect(() => writes.unthrottle()).not.toThrow();
    expect(said.filter((line) => line.startsWith('error'))).toEqual([]);
    expect(existsSync(room)).toBe(false);
    mkdirSync(room);
  });
});

describe('throttling a cgroup of v1', () => {
  it('asks for its cache back and writes nothing else', async () => {
    tell({ 'memory.force_empty': '' });
    const writes = open('memory');
    await writes.throttle();
    writes.unthrottle();
    expect([value('memory.force_empty'), value('memory.high')]).toEqual(['0', '90000000']);
  });
});

describe('standing still', () => {
  it('counts only while it lasts, and a gap begins anew', () => {
    const watch = stallWatch();
    let full = 0;
    const second = (at: number, share: number): boolean => {
      full += share * 1_000_000;
      return watch.look(at * 1000, full);
    };
    for (let at = 0; at < 9; at += 1) expect(second(at, 0.5 * RUN_SHARE)).toBe(false);
    expect(second(9, 0.3 * RUN_SHARE)).toBe(false);
    for (let at = 10; at < 19; at += 1) expect(second(at, 0.5 * RUN_SHARE), String(at)).toBe(false);
    expect(second(19, 0.5 * RUN_SHARE)).toBe(true);
    expect(watch.look(20_000, null)).toBe(false);
    expect(second(21, 0.9)).toBe(false);
  });
});
