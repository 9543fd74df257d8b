// A real Syncthing that is asked to pause itself, since a freeze keeps its watches: at an emulated wall, and on a person's word.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'vitest';
import { readWatchesOf } from '../../src/kernel/inotify.ts';
import { BINARY } from '../support/binary.ts';
import { runToEnd } from '../support/ending.ts';
import { type Folders, prepareFolders } from '../support/guarded-daemon-folders.ts';
import { type Guarded, isFrozen, pause, type Scene, sceneFor } from '../support/guarded-run.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { until } from '../support/scripted-daemon.ts';

const HAS_SYNCTHING = isMet(hasProgram('syncthing'), 'syncthing is not installed');
const FILES = { books: 2000, notes: 200, parked: 100 };
/** A directory for 20 files, and each root; a paused folder is not watched. */
const WATCHES = 2000 / 20 + 200 / 20 + 2;

interface Setting {
  readonly scene: Scene;
  readonly daemon: Folders;
  readonly guarded: Guarded;
  watches(): number;
  type(command: string, ...words: readonly string[]): Promise<string>;
}

/** Once it watches all that its user has not paused, and its guard takes orders. */
async function startWatching(context: TestContext, ...options: readonly string[]): Promise<Setting> {
  const parent = mkdtempSync(join(tmpdir(), 'syncguard-own-pause-'));
  context.onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const home = join(parent, 'home');
  mkdirSync(home);
  const daemon = await prepareFolders({ parent, home, isWatched: true }, FILES, ['parked']);
  const scene = sceneFor(BINARY, context);
  const environment = { ...daemon.env, STMONITORED: 'yes' };
  const guarded = await scene.run(['--companion', 'on', ...options, ...daemon.command], { environment });
  const watches = (): number => readWatchesOf('', String(guarded.daemonPid()))?.watches ?? -1;
  await until(() => watches() === WATCHES);
  await guarded.ask({ command: 'status' });
  return {
    scene,
    daemon,
    guarded,
    watches,
    type: async (command, ...words) =>
      (await runToEnd(BINARY, [command, String(guarded.pid), ...words], { env: scene.environment })).stdout,
  };
}

async function end({ guarded }: Setting): Promise<unknown> {
  process.kill(guarded.pid, 'SIGTERM');
  return (await guarded.ended).status;
}

describe.runIf(HAS_SYNCTHING).concurrent('a Syncthing that is paused', () => {
  it('at a wall pauses its folders itself, watches nothing, and has its watches back when it may go on', async (context) => {
    const { expect } = context;
    const setting = await startWatching(context);
    const { scene, guarded, daemon, watches, type } = setting;
    await pause(scene, guarded);
    await until(() => watches() === 0);
    // It writes that down after it has stopped to watch.
    await until(() => daemon.readRunning().length === 0);
    // The emulated wall is as near as before: what did not help is frozen again.
    await until(() => guarded.course().endsWith('paused throttled paused') && isFrozen(guarded.daemonPid()));
    await until(() => guarded.output().includes(`itself: ${WATCHES} watches before, 0 now`));
    expect(await type('status')).toMatch(/paused +books, notes: paused by its own means/);
    expect(await type('why')).toMatch(/rule own-pause-asked[\s\S]*rule own-pause:/);

    scene.wall.move(10);
    await guarded.ask({ command: 'resume' });
    await until(() => watches() === WATCHES);
    await until(() => daemon.readRunning().join() === 'books,notes');
    expect(await end(setting)).toBe(0);
  });

  it('on a person’s word pauses its folders itself before it is frozen, and resume releases them', async (context) => {
    const { expect } = context;
    const setting = await startWatching(context);
    const { guarded, daemon, watches, type } = setting;
    expect(await type('pause')).toMatch(/^syncthing is paused; books, notes: paused by its own means/);
    expect([watches(), daemon.readRunning()]).toEqual([0, []]);
    await until(() => isFrozen(guarded.daemonPid()));
    expect(await type('why')).toMatch(/rule own-pause:[\s\S]*-> paused: .*FREEZE/);

    expect(await type('resume')).toMatch(/^syncthing is (running|starting); books, notes: released one/);
    await until(() => watches() === WATCHES);
    await until(() => daemon.readRunning().join() === 'books,notes');
    expect(await end(setting)).toBe(0);
  });

  it('in a dry run is not asked for anything', async (context) => {
    const { expect } = context;
    const setting = await startWatching(context, '--dry-run');
    const { daemon, watches, type } = setting;
    expect(await type('pause')).toBe('syncthing is paused\n');
    expect([watches(), daemon.readRunning()]).toEqual([WATCHES, ['books', 'notes']]);
    expect(await end(setting)).toBe(0);
  });
});
