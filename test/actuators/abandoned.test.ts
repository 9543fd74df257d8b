// What killed guards left, on real cgroups and stopped processes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { thawAbandoned } from '../../src/actuators/abandoned.ts';
import { COOKIE_VARIABLE } from '../../src/actuators/members.ts';
import { type GuardManifest, renderGuardManifest } from '../../src/formats/guard-manifest.ts';
import { readProcessPlace } from '../../src/kernel/process-place.ts';
import { isMet, isWritable } from '../support/need.ts';
import { FREEZER, UNIFIED, until } from '../support/scripted-daemon.ts';

/** Above PID_MAX_LIMIT: never alive. */
const GONE = 4_194_304 + process.pid;
const BOOT = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

let runtime = '';
beforeEach(() => {
  runtime = mkdtempSync(join(tmpdir(), 'syncguard-abandoned-'));
});
afterEach(() => rmSync(runtime, { recursive: true }));

function record(change: Partial<GuardManifest>): void {
  const manifest: GuardManifest = {
    pid: GONE,
    startTicks: 1,
    bootId: BOOT,
    daemonPid: null,
    command: ['dropboxd'],
    profile: 'dropbox',
    rooms: [],
    protection: '',
    walls: [],
    lease: '',
    startedAt: '2026-01-01T00:00:00.000Z',
    ...change,
  };
  mkdirSync(join(runtime, String(manifest.pid)));
  writeFileSync(join(runtime, String(manifest.pid), 'guard.json'), renderGuardManifest(manifest));
}

const ROOMS = [
  { kind: 'freezer', mount: FREEZER, file: 'freezer.state', on: 'FROZEN', off: 'THAWED' },
  { kind: 'unified', mount: UNIFIED, file: 'cgroup.freeze', on: '1', off: '0' },
] as const;

for (const { kind, mount, file, on, off } of ROOMS)
  describe.runIf(isMet(mount !== null && isWritable(mount), `no writable hierarchy for ${kind}`))(
    `a ${kind} room left frozen`,
    () => {
      const stateAfter = (name: string, change: Partial<GuardManifest>): [string, readonly string[]] => {
        const directory = join(mount ?? '', name);
        mkdirSync(directory);
        writeFileSync(join(directory, file), on);
        record({ ...change, rooms: [{ directory, kind }] });
        const done = thawAbandoned(runtime);
        const state = readFileSync(join(directory, file), 'utf8').trim();
        rmdirSync(directory);
        return [state, done.map((clause) => clause.replaceAll(directory, 'ROOM'))];
      };

      it('by a guard that is gone is thawed, and said', () => {
        expect(stateAfter(`syncguard-${GONE}`, {})).toEqual([
          off,
          [`thawed ROOM, left frozen by guard ${GONE} (dropbox)`],
        ]);
      });

      it('by an earlier guard with our own pid is thawed', () => {
        const [state, done] = stateAfter(`syncguard-${process.pid}`, { pid: process.pid });
        expect([state, done.length]).toEqual([off, 1]);
      });

      it('by a guard that lives, or before the last boot, or with another name, is left alone', () => {
        const { pid } = process;
        const startTicks = readProcessPlace('self')?.startTicks ?? 0;
        expect(stateAfter(`syncguard-${pid}`, { pid, startTicks })).toEqual([on, []]);
        rmSync(join(runtime, String(pid)), { recursive: true });
        expect(stateAfter(`syncguard-${GONE}`, { bootId: 'another' })).toEqual([on, []]);
        rmSync(join(runtime, String(GONE)), { recursive: true });
        expect(stateAfter(`someone-${GONE}`, {})).toEqual([on, []]);
      });
    },
  );

describe('a process left stopped', () => {
  it('by a guard that is gone is continued, known by its cookie, and nobody else is', async () => {
    const stop = (cookie: string) =>
      spawn('sh', ['-c', 'kill -STOP $$; exec sleep 60'], { env: { [COOKIE_VARIABLE]: cookie } });
    const [ours, foreign] = [stop(`${GONE}-5`), stop(`${GONE}0-5`)];
    const stateOf = ({ pid }: typeof ours): string => readProcessPlace(pid ?? 0)?.state ?? '';
    await until(() => stateOf(ours) === 'T' && stateOf(foreign) === 'T');
    record({});
    const done = thawAbandoned(runtime);
    await until(() => stateOf(ours) !== 'T');
    const foreignState = stateOf(foreign);
    for (const child of [ours, foreign]) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    expect(done).toEqual([`continued pid ${ours.pid}, left frozen by guard ${GONE} (dropbox)`]);
    expect(foreignState).toBe('T');
  });
});

describe('a daemon that ran before its guard', () => {
  it('and was left stopped is continued with all it has started, if it is still that one', async () => {
    const child = spawn('sh', ['-c', '(kill -STOP $$; :) & sh -c "kill -STOP \\$\\$; sleep 60; :"']);
    const daemonPid = child.pid ?? 0;
    const isStopped = (): boolean => readProcessPlace(daemonPid)?.state === 'T';
    await until(isStopped);
    const daemonStartTicks = readProcessPlace(daemonPid)?.startTicks ?? 0;
    record({ daemonPid, daemonStartTicks: daemonStartTicks + 1 });
    expect(thawAbandoned(runtime)).toEqual([]);
    rmSync(join(runtime, String(GONE)), { recursive: true });
    record({ daemonPid, daemonStartTicks });
    const done = thawAbandoned(runtime);
    await until(() => !isStopped());
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(done).toContain(`continued pid ${daemonPid}, left frozen by guard ${GONE} (dropbox)`);
  });
});

describe('a runtime directory', () => {
  it('that is absent, empty, or full of garbage has nothing to thaw', () => {
    expect(thawAbandoned(join(runtime, 'absent'))).toEqual([]);
    expect(thawAbandoned(runtime)).toEqual([]);
    for (const [name, text] of [
      ['1', ''],
      ['2', '{"schema":"syncguard/guard/1"}'],
      ['3', '\0\xff'],
      ['x', '{}'],
    ] as const) {
      mkdirSync(join(runtime, name));
      writeFileSync(join(runtime, name, 'guard.json'), text);
    }
    mkdirSync(join(runtime, '4', 'guard.json'), { recursive: true });
    record({ rooms: [{ directory: '/etc', kind: 'freezer' }] });
    expect(thawAbandoned(runtime)).toEqual([]);
  });
});
