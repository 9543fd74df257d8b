// A real rclone with a remote control, and a real companion that is told when it is slowed down.
import { spawn } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type RcloneApi, rcloneApi } from '../../src/actuators/rclone-api.ts';
import { ACTIONS } from '../../src/domain/lifecycle.ts';
import type { GuardRecord } from '../../src/formats/guard-record.ts';
import { readRcloneControl } from '../../src/profiles/rclone-control.ts';
import { companionStage, type Stage } from '../support/companion.ts';
import { daemonStage, endChild, until } from '../support/daemon-trees.ts';
import { freePort } from '../support/free-port.ts';
import { MANIFEST, recordOf } from '../support/guard-records.ts';
import { hasProgram, isMet } from '../support/need.ts';

const isHere = isMet(hasProgram('rclone'), 'rclone is not installed');
const { place, children } = daemonStage();
const stages: Stage[] = [];
afterAll(() => Promise.all(stages.map((stage) => stage.remove())));

/** It would be copied for minutes at this rate. */
const COPIED_BYTES = 1_000_000_000;
const RATE_BYTES = 1024 * 1024;

interface Copy {
  readonly command: readonly string[];
  readonly api: RcloneApi;
  /** Bytes a second; Infinity: no limit. */
  readRate(): Promise<number>;
}

async function startCopy(): Promise<Copy> {
  for (const side of ['left', 'right']) mkdirSync(join(place, side));
  writeFileSync(join(place, 'left/large'), '');
  truncateSync(join(place, 'left/large'), COPIED_BYTES);
  const remote = [
    '--rc',
    '--rc-addr',
    `127.0.0.1:${await freePort()}`,
    '--rc-user',
    'me',
    '--rc-pass',
    'word',
  ];
  const words = ['copy', join(place, 'left'), join(place, 'right'), '--bwlimit', '1M', ...remote];
  children.push(spawn('rclone', words, { stdio: 'ignore', env: { ...process.env, HOME: place } }));
  const command = ['nice', 'rclone', ...words];
  const where = readRcloneControl(command, {});
  if (where === null) throw new Error('no remote control was found');
  const api = rcloneApi(where);
  const readRate = async (): Promise<number> => {
    const rate = await api.readRate();
    return rate.ok ? rate.value.bytes : -1;
  };
  return { command, api, readRate };
}

const slowed = (): GuardRecord => recordOf('action', 'memory', { actions: ACTIONS.THROTTLE });
const freed = (): GuardRecord => recordOf('action', 'memory', { actions: ACTIONS.UNTHROTTLE });

describe.runIf(isHere)('a guarded rclone with a remote control', () => {
  it('copies at a quarter of its speed while it is slowed down, and then as before, whichever companion is there', async () => {
    const { command, api, readRate } = await startCopy();
    await until('it copies', async () => (await api.readSpeed()) > RATE_BYTES / 2);
    expect(await readRate()).toBe(RATE_BYTES);
    const stage = await companionStage({ ...MANIFEST, profile: 'rclone', command });
    stages.push(stage);
    const first = stage.start({ daemon: 'rclone', profile: 'rclone' });
    first.send(slowed());
    await until('it is slowed down', async () => (await readRate()) < RATE_BYTES);
    const lowered = await readRate();
    expect(lowered).toBeGreaterThan(RATE_BYTES / 16);
    expect(lowered).toBeLessThan(RATE_BYTES / 2);

    first.child.kill('SIGKILL');
    await first.letGo();
    const second = stage.start({ daemon: 'rclone', profile: 'rclone', verbosity: 'verbose' });
    await until('the next companion has put it back', async () => (await readRate()) === RATE_BYTES);

    second.send(slowed());
    await until('it is slowed down again', async () => (await readRate()) < RATE_BYTES);
    second.send(freed());
    await until('it is let go', async () => (await readRate()) === RATE_BYTES);

    second.send(slowed());
    await until('it is slowed down once more', async () => (await readRate()) < RATE_BYTES);
    expect((await api.setRate('3M')).ok).toBe(true);
    second.send(freed());
    await until('the companion has looked', () => second.log().includes('3Mi by now'));
    expect(await readRate()).toBe(3 * RATE_BYTES);

    second.send(slowed());
    await until('it is slowed down at the end', async () => (await readRate()) < RATE_BYTES);
    await second.letGo();
    expect(await readRate()).toBe(3 * RATE_BYTES);
    for (const child of children) await endChild(child);
  });
});
