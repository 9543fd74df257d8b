// Bundles the census once and runs it in a child, so that a test may change who and where it is.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import type { Census } from '../../src/domain/census.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
// Inside the repository, so that the optional package is found from there; per process, so that runs do not meet.
const BUNDLE = join(REPOSITORY, `node_modules/.cache/syncguard/census-child-${process.pid}.mjs`);

let bundled: Promise<string> | undefined;

async function bundle(): Promise<string> {
  const input = join(REPOSITORY, 'test/support/census-child.ts');
  const build = await rolldown({ input, platform: 'node', external: ['koffi'] });
  await build.write({ file: BUNDLE, format: 'esm' });
  await build.close();
  return BUNDLE;
}

export interface ChildCensus extends Omit<Census, 'table'> {
  readonly growthBytes: number;
  readonly peakBytes: number;
}

export interface ChildSetting {
  /** Command and arguments before node, as `prlimit --nofile=24`. */
  readonly prefix?: readonly string[];
  readonly nodeFlags?: readonly string[];
}

/** The command line of one census in a process of its own. */
export async function censusCommand(request: object, nodeFlags: readonly string[] = []): Promise<string[]> {
  bundled ??= bundle();
  return [process.execPath, ...nodeFlags, await bundled, JSON.stringify(request)];
}

/** Runs one census in a child; throws with its stderr when it did not end well. */
export async function censusInChild(request: object, setting: ChildSetting = {}): Promise<ChildCensus> {
  const node = await censusCommand(request, setting.nodeFlags);
  const [command = '', ...parameters] = [...(setting.prefix ?? []), ...node];
  const child = spawnSync(command, parameters, { encoding: 'utf8', env: { PATH: process.env['PATH'] } });
  if (child.status !== 0) throw new Error(`census child ended with ${child.status}: ${child.stderr}`);
  return JSON.parse(child.stdout);
}
