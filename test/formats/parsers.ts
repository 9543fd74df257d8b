// Every parser of floor 1 with real texts to mutate: add a line here and the fuzz covers it.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseBtf } from '../../src/formats/btf.ts';
import { parseCounter } from '../../src/formats/counter.ts';
import { parseFlatKeyed } from '../../src/formats/flat-keyed.ts';
import { parseGateRecord, renderGateRecord } from '../../src/formats/gate-record.ts';
import { parseGateRequest } from '../../src/formats/gate-request.ts';
import { parseMeminfo } from '../../src/formats/meminfo.ts';
import { parseMemoryEvents, parseOomControl, parsePidsEvents } from '../../src/formats/memory-events.ts';
import { parseLegacyMemoryStat, parseUnifiedMemoryStat } from '../../src/formats/memory-stat.ts';
import { parseMountinfo } from '../../src/formats/mountinfo.ts';
import { parsePastedBeancounters } from '../../src/formats/pasted-beancounters.ts';
import { parseProcCgroup } from '../../src/formats/proc-cgroup.ts';
import { countInotifyWatches } from '../../src/formats/proc-fdinfo.ts';
import { parseProcLimits } from '../../src/formats/proc-limits.ts';
import { parseProcStatus } from '../../src/formats/proc-status.ts';
import { parsePressure } from '../../src/formats/psi.ts';
import { parseAmount, parseDuration, parsePercent, parseSize } from '../../src/formats/quantity-text.ts';
import { parseLimitValue, parseSingleValue } from '../../src/formats/single-value.ts';
import { parseSlabinfo } from '../../src/formats/slabinfo.ts';
import { parseBeancounterRows, parseUserBeancounters } from '../../src/formats/user-beancounters.ts';
import { btfBytes } from '../support/btf-bytes.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

export const fixture = (path: string): string => readFileSync(join(FIXTURES, path), 'latin1');
export const host = (name: string, path: string): string => fixture(`hosts/${name}/${path}`);

/** Published tables by file name without `.txt`. */
export const SAMPLES: ReadonlyMap<string, string> = new Map(
  readdirSync(join(FIXTURES, 'beancounters'))
    .filter((name) => name.endsWith('.txt'))
    .map((name) => [name.slice(0, -'.txt'.length), fixture(`beancounters/${name}`)]),
);

export interface Parser {
  readonly name: string;
  /** Whatever it answers, it answers; bytes are given as latin1. */
  readonly parse: (text: string) => unknown;
  readonly seeds: readonly string[];
}

const tables = [...SAMPLES.values()];
const recorded = 'cgroup1-2020';
const systemd = 'cgroup2-systemd-2023';
const unit = 'sys/fs/cgroup/system.slice/syncthing.service';
const legacy = 'sys/fs/cgroup/memory/backup.slice/syncthing.service';
const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const record = renderGateRecord({
  verdict: 'refuse',
  reason: 'over-wall',
  binding: 'dcachesize',
  profile: 'dropbox',
  enomemSafe: true,
  message: 'dcachesize 3.4 MiB projected of 3.0 MiB',
  hint: 'syncguard fit',
  ownLimitBytes: null,
  terms: null,
});

const DENTRY = { name: 'dentry', sizeBytes: 192, members: [['d_iname', 56 * 8]] } as const;

export const PARSERS: readonly Parser[] = [
  { name: 'user-beancounters', parse: parseUserBeancounters, seeds: tables },
  { name: 'pasted-beancounters', parse: parsePastedBeancounters, seeds: tables },
  {
    name: 'beancounter-rows',
    parse: parseBeancounterRows,
    seeds: [host('openvz-042-2012-host', 'proc/bc/0/resources')],
  },
  { name: 'flat-keyed', parse: parseFlatKeyed, seeds: [host(systemd, `${unit}/memory.stat`)] },
  { name: 'memory-stat-v2', parse: parseUnifiedMemoryStat, seeds: [host(systemd, `${unit}/memory.stat`)] },
  { name: 'memory-stat-v1', parse: parseLegacyMemoryStat, seeds: [host(recorded, `${legacy}/memory.stat`)] },
  { name: 'memory-events', parse: parseMemoryEvents, seeds: [host(systemd, `${unit}/memory.events`)] },
  { name: 'oom-control', parse: parseOomControl, seeds: [host(recorded, `${legacy}/memory.oom_control`)] },
  { name: 'pids-events', parse: parsePidsEvents, seeds: [host(systemd, `${unit}/pids.events`)] },
  { name: 'psi', parse: parsePressure, seeds: [host(systemd, `${unit}/memory.pressure`)] },
  {
    name: 'meminfo',
    parse: parseMeminfo,
    seeds: [host(recorded, 'proc/meminfo'), host('openvz-042-2012', 'proc/meminfo')],
  },
  { name: 'proc-cgroup', parse: parseProcCgroup, seeds: [host(recorded, 'proc/self/cgroup'), '0::/a:b\n'] },
  { name: 'mountinfo', parse: parseMountinfo, seeds: [host(recorded, 'proc/self/mountinfo')] },
  {
    name: 'proc-status',
    parse: parseProcStatus,
    seeds: [host('openvz-042-2012', 'proc/self/status'), host(recorded, 'proc/self/status')],
  },
  { name: 'proc-limits', parse: parseProcLimits, seeds: [host(recorded, 'proc/self/limits')] },
  { name: 'proc-fdinfo', parse: countInotifyWatches, seeds: [host(systemd, 'proc/912/fdinfo/10')] },
  { name: 'single-value', parse: parseSingleValue, seeds: ['18446744073709551615\n', '0\n'] },
  { name: 'limit-value', parse: parseLimitValue, seeds: ['max\n', '9223372036854771712\n'] },
  { name: 'counter', parse: parseCounter, seeds: ['18446744073709551615', '007'] },
  { name: 'size', parse: parseSize, seeds: ['64MiB', '1.5G', '64MB'] },
  { name: 'amount', parse: (text) => parseAmount(text, 'pages'), seeds: ['72M', '16384'] },
  { name: 'percent', parse: parsePercent, seeds: ['85%', '99.5 %'] },
  { name: 'duration', parse: parseDuration, seeds: ['1h30min', '500ms'] },
  {
    name: 'gate-record',
    parse: (text) => parseGateRecord(bytesOf(text)),
    seeds: [Buffer.from(record).toString('latin1')],
  },
  {
    name: 'btf',
    parse: (text) => parseBtf(bytesOf(text), new Set(['dentry', 'inode']), null),
    seeds: [Buffer.from(btfBytes([DENTRY, { name: 'inode', sizeBytes: 632 }])).toString('latin1')],
  },
  {
    name: 'slabinfo',
    parse: parseSlabinfo,
    seeds: [
      'slabinfo - version: 2.1\n# name <active_objs>\ndentry 42 42 192 21 1 : tunables 0 0 0 : slabdata 2 2 0\n',
    ],
  },
  { name: 'gate-request', parse: parseGateRequest, seeds: ['{"mode":"gate","trees":[]}'] },
];
