// A Syncthing whose folders do not fit together, from the refusal to the folders that run and the one that waits.
import { describe, expect, it } from 'vitest';
import { MiB } from '../../src/domain/units.ts';
import { prepareFolders } from '../support/guarded-daemon-folders.ts';
import { guardedScene } from '../support/guarded-daemon-scene.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { whyNoProbe } from '../support/probe.ts';

const lack = hasProgram('syncthing') ? whyNoProbe() : 'syncthing is not installed';

/** Room for a Syncthing of 2 500 files (38 MB) beside guard and companion, not for one of 37 500 (115 MB). */
const CONTAINER_BYTES = 128 * MiB;
const FILES = { big: 35_000, small: 500, middle: 2000, parked: 100 };

describe.runIf(isMet(lack === null, lack ?? ''))('a Syncthing whose folders do not fit together', () => {
  it('starts with everything paused, is released folder by folder, and what stays paused is said with its reason', async () => {
    await using guarded = guardedScene({
      size: { files: 20, fileBytes: 1 },
      limitBytes: CONTAINER_BYTES,
      // Space for the folders, which are planted beside.
      sides: 1000,
    });
    const { room, place, home, type } = guarded;
    const daemon = await prepareFolders({ parent: place.mount.plantPath, home }, FILES, ['parked']);
    place.mount.makeCold();
    const running = guarded.guard(daemon, '--on-refuse', 'degrade');
    await running.seen('stays paused:');
    await expect.poll(async () => (await type('status')).stdout).toMatch(/^ {2}paused +big: Does not fit: /m);
    expect(daemon.readRunning()).toEqual(['middle', 'small']);
    process.kill(running.pid, 'SIGTERM');
    const { status, stderr } = await running.ended;
    expect(stderr).toContain('; started in its cheap mode (--on-refuse degrade). Does not fit: ');
    expect(stderr).toContain("Syncthing's folder small was released");
    expect(stderr).toContain("Syncthing's folder middle was released");
    expect(stderr).toMatch(/Syncthing's folder big stays paused: Does not fit: /);
    expect(status).toBe(0);
    await expect.poll(() => room.isEmpty(), { timeout: 10_000 }).toBe(true);
  });
});
