// A real Syncthing under the guard: paused and resumed as a whole, and ended as if nobody were between.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { MiB } from '../../src/domain/units.ts';
import { type Member, membersOf, ticksOf } from '../support/guarded-daemon-room.ts';
import { type GuardedScene, guardedScene } from '../support/guarded-daemon-scene.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { whyNoProbe } from '../support/probe.ts';
import { SYNCTHING } from '../support/real-daemon-kinds.ts';

const lack = hasProgram('syncthing') ? whyNoProbe() : 'syncthing is not installed';
/** Ample for 5 000 files and the companion. */
const CONTAINER_BYTES = 512 * MiB;
const FROZEN = 'D';

const scene = (): GuardedScene =>
  guardedScene({ size: { files: 5000, fileBytes: 100 }, limitBytes: CONTAINER_BYTES, sides: 1 });

describe.runIf(isMet(lack === null, lack ?? ''))('a Syncthing under the guard', () => {
  it('stands still as a whole when paused, its worker in a group of its own too, and then finishes its scan', async () => {
    await using guarded = scene();
    const { room, place, home, type } = guarded;
    const prepared = await SYNCTHING.prepare(place.tree, home);
    lowerPriority(home);
    place.mount.makeCold();
    const running = guarded.guard(prepared, '--companion', 'on', '--tree', place.tree);
    await running.seen('Ready to synchronize');
    await expect.poll(() => groupsOf(membersOf(room))).toBe(2);
    expect(await type('pause')).toMatchObject({ status: 0 });
    await expect.poll(() => membersOf(room).map(({ state }) => state)).toEqual([FROZEN, FROZEN]);
    const members = membersOf(room);
    expect(await processorTicks(members)).toBe(0);
    expect((await type('status')).stdout).toMatch(/paused/);

    expect(await type('resume')).toMatchObject({ status: 0 });
    await running.seen('Completed initial scan');
    process.kill(running.pid, 'SIGTERM');
    expect(await running.ended).toMatchObject({ status: 0, signal: null });
    // Companion and keeper end when their pipe does.
    await expect.poll(() => room.isEmpty(), { timeout: 10_000 }).toBe(true);
  });

  it('ends while paused when its guard is told to end, as it would bare', async () => {
    await using guarded = scene();
    const { room, place, home, type } = guarded;
    const prepared = await SYNCTHING.prepare(place.tree, home);
    place.mount.makeCold();
    const running = guarded.guard(prepared, '--companion', 'on', '--tree', place.tree);
    await running.seen('Ready to synchronize');
    expect(await type('pause')).toMatchObject({ status: 0 });
    process.kill(running.pid, 'SIGTERM');
    const { status, stdout } = await running.ended;
    expect(status).toBe(0);
    expect(stdout).toContain('Exiting');
    // Companion and keeper end when their pipe does.
    await expect.poll(() => room.isEmpty(), { timeout: 10_000 }).toBe(true);
  });
});

/** As is its own default: the worker then leaves the group of its monitor, at some time after its start. */
function lowerPriority(home: string): void {
  const file = join(home, 'config.xml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('<setLowPriority>false<', '<setLowPriority>true<'));
}

const groupsOf = (members: readonly Member[]): number => new Set(members.map(({ group }) => group)).size;

/** Processor time that these took while nobody woke them. */
async function processorTicks(members: readonly Member[]): Promise<number> {
  const before = ticksOf(members);
  await pause(500);
  return ticksOf(members) - before;
}
