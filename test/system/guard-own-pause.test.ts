// A real Syncthing that the guard pauses at an emulated wall: it is asked to pause itself, since a freeze keeps its watches.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { readWatchesOf } from '../../src/kernel/inotify.ts';
import { BINARY } from '../support/binary.ts';
import { runToEnd } from '../support/ending.ts';
import { prepareFolders } from '../support/guarded-daemon-folders.ts';
import { isFrozen, pause, sceneFor } from '../support/guarded-run.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { until } from '../support/scripted-daemon.ts';

const HAS_SYNCTHING = isMet(hasProgram('syncthing'), 'syncthing is not installed');
const FILES = { books: 2000, notes: 200, parked: 100 };
/** A directory for 20 files, and each root; a paused folder is not watched. */
const WATCHES = 2000 / 20 + 200 / 20 + 2;

describe.runIf(HAS_SYNCTHING)('a Syncthing that is paused at a wall', () => {
  it('pauses its folders itself, watches nothing, and has its watches back when it may go on', async (context) => {
    const { expect, onTestFinished } = context;
    const parent = mkdtempSync(join(tmpdir(), 'syncguard-own-pause-'));
    onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
    const home = join(parent, 'home');
    mkdirSync(home);
    const daemon = await prepareFolders({ parent, home, isWatched: true }, FILES, ['parked']);
    const scene = sceneFor(BINARY, context);
    const environment = { ...daemon.env, STMONITORED: 'yes' };
    const guarded = await scene.run(['--companion', 'on', ...daemon.command], { environment });
    const watches = (): number => readWatchesOf('', String(guarded.daemonPid()))?.watches ?? -1;
    const told = async (command: string): Promise<string> =>
      (await runToEnd(BINARY, [command, String(guarded.pid)], { env: scene.environment })).stdout;
    await until(() => watches() === WATCHES);

    await pause(scene, guarded);
    expect(watches()).toBe(WATCHES);
    await until(() => watches() === 0);
    expect(daemon.readRunning()).toEqual([]);
    // The emulated wall is as near as before: what did not help is frozen again.
    await until(() => guarded.course().endsWith('paused throttled paused') && isFrozen(guarded.daemonPid()));
    await until(() => guarded.output().includes(`itself: ${WATCHES} watches before, 0 now`));
    expect(await told('status')).toMatch(/paused +books, notes: paused by its own means/);
    expect(await told('why')).toMatch(/rule own-pause-asked[\s\S]*rule own-pause:/);

    scene.wall.move(10);
    await guarded.ask({ command: 'resume' });
    await until(() => watches() === WATCHES);
    expect(daemon.readRunning()).toEqual(['books', 'notes']);
    process.kill(guarded.pid, 'SIGTERM');
    expect(await guarded.ended).toMatchObject({ status: 0 });
  });
});
