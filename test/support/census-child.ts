// A census in a process of its own: as another user, with few descriptors, without addons, or to see what it costs.

import { takeCensus } from '../../src/census/index.ts';

const request = JSON.parse(process.argv[2] ?? '{}');
const before = process.memoryUsage().rss;
const result = await takeCensus(request);
const answer = result.ok ? { ...result.value, table: undefined } : result.error;
const peakBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(JSON.stringify({ ...answer, growthBytes: peakBytes - before, peakBytes }));
