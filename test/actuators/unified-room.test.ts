// On a real unified hierarchy without the memory controller: every step but the last is done, and must be undone.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openGrip } from '../../src/actuators/grip-choice.ts';
import { makeHoldRoom, makeUnifiedRoom } from '../../src/actuators/unified-room.ts';
import { isMet, isWritable } from '../support/need.ts';

const MOUNT =
  readFileSync('/proc/self/mountinfo', 'utf8').match(/^(?:\S+ ){4}(\S+) .* - cgroup2 /m)?.[1] ?? null;
const isThere = MOUNT !== null && isWritable(MOUNT);
const hasMemory = isThere && readFileSync(join(MOUNT, 'cgroup.controllers'), 'utf8').includes('memory');

describe.runIf(isMet(isThere, 'no writable unified hierarchy'))('a room on the unified hierarchy', () => {
  it.runIf(!hasMemory)('that cannot be had leaves everything as it was', async () => {
    const path = `/syncguard-test-${process.pid}`;
    const directory = join(MOUNT!, path);
    mkdirSync(directory);
    const member = spawn('sleep', ['60']);
    writeFileSync(join(directory, 'cgroup.procs'), String(member.pid));
    const place = { version: 2, mountPoint: MOUNT!, path, isHiddenAbove: false } as const;
    const made = makeUnifiedRoom(place, { name: 'syncguard-1', limitBytes: 1, legacyLimit: 'waiting' });
    const left = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const members = readFileSync(join(directory, 'cgroup.procs'), 'utf8');
    member.kill();
    await once(member, 'close');
    rmdirSync(directory);
    expect(made).toEqual({
      obstacle: expect.stringContaining('cgroup.subtree_control could not be changed'),
    });
    expect(left).toEqual([]);
    expect(members).toBe(`${member.pid}\n`);
  });

  it('that only holds can be made beside processes, and frozen', () => {
    const place = { version: 2, mountPoint: MOUNT!, path: '/', isHiddenAbove: false } as const;
    const outcome = makeHoldRoom(place, `syncguard-hold-${process.pid}`);
    expect(outcome).toMatchObject({ room: { kind: 'unified', brake: 'none', isLimited: false } });
    if (!('room' in outcome)) return;
    const { room } = outcome;
    const grip = openGrip({
      home: { rooms: [room], brake: { kind: 'none', reason: '' }, isLimited: false },
      traits: { sessionId: null, cookie: null },
    });
    const rehearsed = grip.rehearse();
    grip.close();
    rmdirSync(room.directory);
    expect([grip.kind, rehearsed.ok]).toEqual(['unified', true]);
  });
});
