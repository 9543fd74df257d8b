import { describe, expect, it } from 'vitest';
import { parseFlatKeyed } from '../../src/formats/flat-keyed.ts';
import { parseMeminfo } from '../../src/formats/meminfo.ts';
import { parseMemoryEvents, parseOomControl, parsePidsEvents } from '../../src/formats/memory-events.ts';
import { parseLegacyMemoryStat, parseUnifiedMemoryStat } from '../../src/formats/memory-stat.ts';
import { parsePressure } from '../../src/formats/psi.ts';
import { parseLimitValue, parseSingleValue } from '../../src/formats/single-value.ts';
import { host } from './parsers.ts';

const UNIFIED = host('cgroup2-systemd-2023', 'sys/fs/cgroup/system.slice/syncthing.service/memory.stat');
const LEGACY = host('cgroup1-2020', 'sys/fs/cgroup/memory/backup.slice/syncthing.service/memory.stat');
const MIB = 1024 * 1024;

/** Every strict prefix of a kernel file is an error. */
function expectNoCutAccepted(text: string, parse: (text: string) => { ok: boolean }): void {
  const lines = new Set([...text.matchAll(/\n/g)].map((match) => match.index + 1));
  const accepted: number[] = [];
  for (let at = 1; at < text.length; at++)
    if (parse(text.slice(0, at)).ok && !lines.has(at)) accepted.push(at);
  expect(accepted).toEqual([]);
}

describe('memory.stat', () => {
  it('of v2 counts clean file pages and reclaimable slab apart from what is dirty', () => {
    const stat = parseUnifiedMemoryStat(UNIFIED);
    expect(stat).toMatchObject({
      ok: true,
      value: {
        slabReclaimableBytes: 88 * MIB,
        slabUnreclaimableBytes: 8 * MIB,
        cleanFileBytes: 200 * MIB - MIB - MIB / 2,
        anonBytes: 90 * MIB,
      },
    });
  });

  it('of v2 without a kernel line (before 5.18) has no kernel count, not 0', () => {
    const stat = parseUnifiedMemoryStat(UNIFIED.replace(/^kernel .*\n/m, ''));
    expect(stat.ok && stat.value.kernelBytes).toBeNull();
  });

  it('of v2 without one of its lines is malformed', () => {
    expect(parseUnifiedMemoryStat(UNIFIED.replace(/^slab_reclaimable .*\n/m, '')).ok).toBe(false);
    expect(parseUnifiedMemoryStat('').ok).toBe(false);
  });

  it('of v1 counts the whole subtree, and never more clean pages than there are', () => {
    const stat = parseLegacyMemoryStat(LEGACY);
    expect(stat).toEqual({
      ok: true,
      value: { rssBytes: 634880, shmemBytes: 0, cleanFileBytes: 48996352 + 211677184 - 344064 },
    });
    const dirty = parseLegacyMemoryStat(LEGACY.replace(/total_dirty \d+/, 'total_dirty 999999999999'));
    expect(dirty.ok && dirty.value.cleanFileBytes).toBe(0);
  });

  it('cut within a line is malformed', () => {
    expectNoCutAccepted(UNIFIED, parseUnifiedMemoryStat);
    expectNoCutAccepted(LEGACY, parseLegacyMemoryStat);
  });
});

describe('a flat keyed file', () => {
  it('keeps counters exact to 2^64', () => {
    const parsed = parseFlatKeyed('anon 18446744073709551615\n');
    expect(parsed.ok && parsed.value.get('anon')).toBe(18446744073709551615n);
  });

  it.each([
    ['a key twice', 'a 1\na 2\n', 2],
    ['a negative number', 'a -1\n', 1],
    ['two spaces', 'a  1\n', 1],
    ['no number', 'a 1\nb\n', 2],
    ['no last newline', 'a 1\nb 2', 2],
  ])('with %s is malformed', (_, text, line) => {
    expect(parseFlatKeyed(text)).toMatchObject({ ok: false, error: { line } });
  });
});

describe('events', () => {
  it('of memory: high and max are hits, oom and oom_kill are failures', () => {
    const text = 'low 0\nhigh 7\nmax 40\noom 2\noom_kill 1\noom_group_kill 0\n';
    expect(parseMemoryEvents(text)).toEqual({ ok: true, value: { hits: 47, ooms: 3 } });
  });

  it('of v1: oom_kill is null on kernels without the line', () => {
    expect(parseOomControl('oom_kill_disable 1\nunder_oom 0\n')).toEqual({
      ok: true,
      value: { isKillDisabled: true, isUnderOom: false, oomKills: null },
    });
    expect(parseOomControl('oom_kill_disable 0\nunder_oom 1\noom_kill 3\n')).toMatchObject({
      value: { isUnderOom: true, oomKills: 3 },
    });
  });

  it('of pids: max counts refused forks', () => {
    expect(parsePidsEvents('max 5\n')).toEqual({ ok: true, value: 5 });
    expect(parsePidsEvents('')).toEqual({ ok: true, value: null });
  });
});

describe('a limit file', () => {
  it.each([
    'max\n',
    '9223372036854771712\n',
    '9223372036854710272\n',
    '8796093018112\n',
    '9223372036854775807\n',
  ])('%j is no limit (4 KiB and 64 KiB pages, 32-bit)', (text) => {
    expect(parseLimitValue(text)).toEqual({ ok: true, value: null });
  });

  it('of a number is that number, 0 included', () => {
    expect(parseLimitValue('268435456\n')).toEqual({ ok: true, value: 268435456 });
    expect(parseLimitValue('0\n')).toEqual({ ok: true, value: 0 });
  });

  it('without its newline may be cut, and is malformed', () => {
    expect(parseSingleValue('26843').ok).toBe(false);
    expect(parseLimitValue('max').ok).toBe(false);
    expect(parseSingleValue('').ok).toBe(false);
    expect(parseSingleValue('max\n').ok).toBe(false);
  });
});

describe('pressure', () => {
  const text = host('cgroup2-systemd-2023', 'proc/pressure/memory');

  it('is percent over three windows and a total in microseconds', () => {
    const parsed = parsePressure('some avg10=1.50 avg60=0.30 avg300=0.10 total=812345\n');
    expect(parsed).toEqual({
      ok: true,
      value: { some: { avg10: 1.5, avg60: 0.3, avg300: 0.1, totalMicroseconds: 812345 }, full: null },
    });
    const both = parsePressure(text);
    expect(both.ok && both.value.full?.totalMicroseconds).toBe(880112);
  });

  it('cut within a line, or without its some line, is malformed', () => {
    expectNoCutAccepted(text, parsePressure);
    expect(parsePressure('full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n').ok).toBe(false);
    expect(parsePressure('').ok).toBe(false);
  });
});

describe('meminfo', () => {
  it('is in bytes, and knows what a container’s kernel does not print', () => {
    const live = parseMeminfo(host('cgroup1-2020', 'proc/meminfo'));
    expect(live.ok && live.value.totalBytes).toBe(24684096 * 1024);
    expect(live.ok && live.value.availableBytes).toBeGreaterThan(0);
    const container = parseMeminfo(host('openvz-042-2012', 'proc/meminfo'));
    expect(container).toMatchObject({
      value: { availableBytes: null, kernelStackBytes: null, slabReclaimableBytes: 528 * 1024 },
    });
    expect(container.ok && container.value.estimatedAvailableBytes).toBe((506048 + 3132 + 528) * 1024);
  });

  it('estimates no more available than there is', () => {
    const parsed = parseMeminfo('MemTotal: 100 kB\nMemFree: 90 kB\nCached: 50 kB\n');
    expect(parsed.ok && parsed.value.estimatedAvailableBytes).toBe(100 * 1024);
  });

  it('without MemTotal, or cut within a line, is malformed', () => {
    expect(parseMeminfo('MemFree: 1 kB\n').ok).toBe(false);
    expectNoCutAccepted(host('openvz-042-2012', 'proc/meminfo'), parseMeminfo);
  });
});
