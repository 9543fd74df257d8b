// A census in a process of its own: as another user, with few descriptors, without addons, or to see what it costs.

import { readFileSync } from 'node:fs';
import { takeCensus } from '../../src/census/index.ts';

const request = JSON.parse(process.argv[2] ?? '{}');
const before = process.memoryUsage().rss;
const result = await takeCensus(request);
const answer = result.ok ? { ...result.value, table: undefined } : result.error;
// Not ru_maxrss: it begins with that of the process that forked us (exec_mmap, fs/exec.c).
const peakBytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
process.stdout.write(JSON.stringify({ ...answer, growthBytes: peakBytes - before, peakBytes }));
