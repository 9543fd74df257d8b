// Bundles the reader of sensors once and runs it in a child, so that its heap and its system calls are its own.

import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import type { Gap } from '../../src/domain/snapshot.ts';
import type { Sensor, SensorRequest } from '../../src/kernel/sensor.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const BUNDLE = join(REPOSITORY, `node_modules/.cache/syncguard/sensors-child-${process.pid}.cjs`);
/** Wide enough that nothing is collected between two looks at the heap: what was allocated is still there. */
const NODE_FLAGS = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64'];

let bundled: Promise<string> | undefined;

async function bundle(): Promise<string> {
  const input = join(REPOSITORY, 'test/support/sensors-child.ts');
  const build = await rolldown({ input, platform: 'node', external: ['koffi'] });
  await build.write({ file: BUNDLE, format: 'cjs' });
  await build.close();
  return BUNDLE;
}

export interface SensorsOrder {
  readonly request: SensorRequest;
  readonly warmRounds: number;
  readonly rounds: number;
}

export interface SensorsFootprint {
  readonly walls: readonly Pick<Sensor, 'resource' | 'scope' | 'isShared'>[];
  readonly gaps: readonly Gap[];
  /** Reads that answered false. */
  readonly failed: number;
  readonly allocatedBytes: number;
  readonly elapsedMicroseconds: number;
}

/** Runs the rounds in a child, `prefix` before it; throws with its stderr when it did not end well. */
export async function readSensorsInChild(
  order: SensorsOrder,
  prefix: readonly string[] = [],
): Promise<SensorsFootprint> {
  bundled ??= bundle();
  const node = [process.execPath, ...NODE_FLAGS, await bundled, JSON.stringify(order)];
  const [command = '', ...parameters] = [...prefix, ...node];
  const child = spawnSync(command, parameters, { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`sensors child ended with ${child.status}: ${child.stderr}`);
  return JSON.parse(child.stdout);
}

/** Names of the system calls that all threads made while the rounds ran, each with how often. */
export async function tracedCalls(order: SensorsOrder): Promise<ReadonlyMap<string, number>> {
  const trace = join(tmpdir(), `syncguard-sensors-${process.pid}.strace`);
  await readSensorsInChild(order, ['strace', '-f', '-o', trace]);
  const lines = readFileSync(trace, 'latin1').split('\n');
  rmSync(trace);
  // Without its end: where another thread's call comes between, the line breaks off with <unfinished ...>.
  const marks = lines.flatMap((line, index) => (line.includes('write(2, "#", 1') ? [index] : []));
  if (marks.length !== 2) throw new Error(`${marks.length} marks in the trace, not 2`);
  const calls = new Map<string, number>();
  for (const line of lines.slice((marks[0] ?? 0) + 1, marks[1])) {
    const name = /^\d+ +(\w+)\(/.exec(line)?.[1];
    if (name !== undefined) calls.set(name, (calls.get(name) ?? 0) + 1);
  }
  return calls;
}
