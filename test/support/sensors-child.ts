// Reads every sensor of a request many times, in a process of its own; prints one JSON line.
// argv[2]: a SensorsOrder. Between two marks on standard error lie the rounds that count, so that a trace of calls shows them.

import { writeSync } from 'node:fs';
import { getHeapSpaceStatistics } from 'node:v8';
import { openSensors } from '../../src/kernel/sensors.ts';
import type { SensorsFootprint, SensorsOrder } from './sensors-process.ts';

const { request, warmRounds, rounds } = JSON.parse(process.argv[2] ?? '') as SensorsOrder;
const MARK = Buffer.from('#');

const { sensors, gaps } = openSensors(request);
const usedBytes = (): number =>
  getHeapSpaceStatistics().reduce((sum, space) => sum + space.space_used_size, 0);

function readAll(times: number): number {
  let failed = 0;
  for (let round = 0; round < times; round++) for (const sensor of sensors) if (!sensor.read()) failed += 1;
  return failed;
}

let failed = readAll(warmRounds);
globalThis.gc?.();
const before = usedBytes();
writeSync(2, MARK);
const startedAt = process.hrtime.bigint();
failed += readAll(rounds);
const elapsedMicroseconds = Number(process.hrtime.bigint() - startedAt) / 1000;
writeSync(2, MARK);
const allocatedBytes = usedBytes() - before;
const walls = sensors.map(({ resource, scope, isShared }) => ({ resource, scope, isShared }));
const footprint: SensorsFootprint = { walls, gaps, failed, allocatedBytes, elapsedMicroseconds };
console.log(JSON.stringify(footprint));
