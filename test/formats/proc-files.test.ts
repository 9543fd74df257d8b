import { describe, expect, it } from 'vitest';
import { lineOfController, parseProcCgroup, unifiedLine } from '../../src/formats/proc-cgroup.ts';
import { countInotifyWatches } from '../../src/formats/proc-fdinfo.ts';
import { parseProcLimits } from '../../src/formats/proc-limits.ts';
import { parseProcStatus } from '../../src/formats/proc-status.ts';
import { host } from './parsers.ts';

describe('/proc/PID/cgroup', () => {
  it('of a hybrid machine has a line per controller and the unified one', () => {
    const parsed = parseProcCgroup(host('cgroup1-2020', 'proc/self/cgroup'));
    const lines = parsed.ok ? parsed.value : [];
    expect(lineOfController(lines, 'memory')?.path).toBe('/backup.slice/syncthing.service');
    expect(unifiedLine(lines)?.path).toBe('/');
    expect(lineOfController(lines, 'net_cls')).toBeNull();
  });

  it('may name several controllers in one line, and colons and spaces in a path', () => {
    const parsed = parseProcCgroup('5:cpu,cpuacct:/a:b/c d\n1:name=systemd:/x (deleted)\n');
    expect(parsed).toEqual({
      ok: true,
      value: [
        { hierarchy: 5, controllers: ['cpu', 'cpuacct'], path: '/a:b/c d' },
        { hierarchy: 1, controllers: ['name=systemd'], path: '/x' },
      ],
    });
  });

  it('a named hierarchy is not the unified one', () => {
    const parsed = parseProcCgroup('1:name=systemd:/init.scope\n');
    expect(parsed.ok && unifiedLine(parsed.value)).toBeNull();
  });

  it.each(['0::', '0::relative\n', ':memory:/\n', '0::/', 'x'])('%j is malformed', (text) => {
    expect(parseProcCgroup(text).ok).toBe(false);
  });
});

describe('/proc/PID/status', () => {
  it('knows a kernel thread by its parent and its want of memory, not by either alone', () => {
    const status = (parent: number, memory: string): string =>
      `Name:\tx\nPid:\t77\nPPid:\t${parent}\nUid:\t0\t0\t0\t0\n${memory}Threads:\t1\nSigIgn:\t0000000000000000\n`;
    const isKernelThread = (text: string): boolean | null => {
      const parsed = parseProcStatus(text);
      return parsed.ok ? parsed.value.isKernelThread : null;
    };
    expect(isKernelThread(status(2, ''))).toBe(true);
    expect(isKernelThread(status(2, 'VmSize:\t 100 kB\n'))).toBe(false);
    expect(isKernelThread(status(1, ''))).toBe(false);
  });

  it('tells owner, threads and ignored signals', () => {
    expect(parseProcStatus(host('cgroup2-systemd-2023', 'proc/912/status'))).toEqual({
      ok: true,
      value: {
        pid: 912,
        parentPid: 1,
        realUid: 1000,
        threads: 12,
        isKernelThread: false,
        envId: null,
        ignoredSignals: 0x1000n,
      },
    });
  });

  it('of an OpenVZ container names it', () => {
    const parsed = parseProcStatus(host('openvz-042-2012', 'proc/self/status'));
    expect(parsed.ok && parsed.value.envId).toBe('101');
  });

  it('that ends early is malformed', () => {
    const text = host('cgroup1-2020', 'proc/self/status');
    expect(parseProcStatus(text.slice(0, text.indexOf('SigIgn'))).ok).toBe(false);
    expect(parseProcStatus('').ok).toBe(false);
  });

  it('is not misled by a process that names itself like a line of it', () => {
    const text = host('cgroup1-2020', 'proc/self/status').replace(/^Name:.*/, 'Name:\tUid:\\n0');
    expect(parseProcStatus(text)).toMatchObject({ ok: true, value: { realUid: 0, pid: 11134 } });
  });
});

describe('/proc/PID/limits', () => {
  it('has a soft and a hard limit, null where unlimited', () => {
    const parsed = parseProcLimits(host('cgroup2-systemd-2023', 'proc/self/limits'));
    const limits = parsed.ok ? parsed.value : new Map();
    expect(limits.get('Max open files')).toEqual({ soft: 1024, hard: 524288 });
    expect(limits.get('Max address space')).toEqual({ soft: null, hard: null });
    expect(limits.get('Max nice priority')).toEqual({ soft: 0, hard: 0 });
    expect(limits.size).toBe(16);
  });

  it('as recorded has all sixteen rows', () => {
    const parsed = parseProcLimits(host('cgroup1-2020', 'proc/self/limits'));
    expect(parsed.ok && parsed.value.size).toBe(16);
  });

  it.each(['', 'Max open files 1024 4096 files\n', 'Limit Soft Limit Hard Limit Units\nMax open files 1024'])(
    '%j is malformed',
    (text) => {
      expect(parseProcLimits(text).ok).toBe(false);
    },
  );
});

describe('fdinfo of an inotify instance', () => {
  it('has one line per watch', () => {
    expect(countInotifyWatches(host('cgroup1-2020', 'proc/11134/fdinfo/3'))).toBe(241);
    expect(countInotifyWatches('pos:\t0\nflags:\t00\n')).toBe(0);
    expect(countInotifyWatches('')).toBe(0);
  });

  it('counts only at the beginning of a line', () => {
    expect(countInotifyWatches('inotify wd:1 x inotify wd:2\n')).toBe(1);
  });
});
