// The story: 6 000 books, the walls of 2012, and a real Syncthing that is refused, fitted, and then runs.
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BINARY } from '../support/binary.ts';
import { until, watchedInodes } from '../support/daemon-trees.ts';
import { type Ended, type Running, runToEnd, start } from '../support/ending.ts';
import { fitPlace } from '../support/fit-place.ts';
import { freePort } from '../support/free-port.ts';
import { ORIGIN } from '../support/library.ts';
import { hasProgram, isMet } from '../support/need.ts';

const isHere = isMet(hasProgram('syncthing'), 'syncthing is not installed');
const port = await freePort();
const place = fitPlace(
  { 'Calibre/Fiction': 2400, 'Calibre/Comics': 1500, 'Calibre/Papers': 2100, Photos: 10 },
  port,
);
const env = {
  ...process.env,
  ...place.environment,
  RUNTIME_DIRECTORY: join(place.path, 'runtime'),
  SYNCGUARD_BEANCOUNTERS: ORIGIN,
  // One process instead of two, so that its pid is the one that watches; and it asks nobody anything.
  STMONITORED: 'yes',
  STNOUPGRADE: '1',
  STNODEFAULTFOLDER: '1',
};
const RUN = ['run', '--companion', 'off', 'syncthing', 'serve', '--no-browser', '--no-restart'];

let guarded: Running | null = null;
afterAll(async () => {
  if (guarded !== null) process.kill(guarded.pid, 'SIGTERM');
  await guarded?.ended;
  place.remove();
});

const runFit = (...words: string[]): Promise<Ended> => runToEnd(BINARY, ['fit', ...words], { env });

/** `{}` until it answers. */
async function ask(path: string): Promise<Record<string, unknown>> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/rest/${path}`, { headers: { 'X-API-Key': 'key' } });
    return (await answer.json()) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Folders that the daemon watches now. */
const watched = (running: Running): number =>
  watchedInodes(Number(/started \(pid (\d+)\)/.exec(running.output())?.[1])).size;

/** What the barrier of 2012 leaves: 3 145 728 bytes less 394 380 held, 939 a folder. */
const ROOM = 2930;
const FOLDERS = 6000 + 3 * 41;

describe.runIf(isHere)('a Syncthing that the walls of 2012 refuse', () => {
  it('runs at the same walls after the one command that the refusal names', async () => {
    const refused = await runToEnd(BINARY, RUN, { env });
    expect([refused.status, refused.stderr]).toEqual([75, expect.stringContaining('dcachesize would reach')]);
    const hint = /^hint: syncguard fit (.*)$/m.exec(refused.stderr)?.[1]?.split(' ') ?? [];
    expect(hint).toEqual(['--daemon', 'syncthing', '-f', ORIGIN, place.tree]);

    const applied = await runFit(...hint, '--apply', '--json');
    expect(applied.status, applied.stdout).toBe(0);
    const paths = JSON.parse(applied.stdout).plan.map(({ path }: { path: string }) => path);
    // Of three libraries the two that leave most.
    expect(paths).toEqual(['Fiction', 'Comics'].map((library) => join(place.tree, 'Calibre', library)));

    guarded = start(BINARY, RUN, { env });
    const running = guarded;
    await running.seen('started');
    await until('it watches what is left', () => watched(running) > 1500);
    expect(watched(running)).toBeLessThan(ROOM);
  });

  it('is told at once to read its rules again when they are taken back', async () => {
    await until(
      'it has listed what is left',
      async () => (await ask('db/status?folder=sync'))['state'] === 'idle',
    );
    expect((await ask('db/status?folder=sync'))['localDirectories']).toBeLessThan(ROOM);
    expect((await runFit('--undo')).status).toBe(0);
    await until(
      'it has listed everything',
      async () => Number((await ask('db/status?folder=sync'))['localDirectories']) > FOLDERS,
    );
  });

  it('is told to watch no longer while it runs, keeps all in step, and watches again after --undo', async () => {
    const running = guarded;
    if (running === null) throw new Error('it does not run');
    const words = ['--daemon', 'syncthing', '-f', ORIGIN, '--mode', 'degrade', '--apply', '--json'];
    const degraded = await runFit(...words);
    expect(JSON.parse(degraded.stdout).plan, degraded.stdout).toMatchObject([
      { applied: true, takes: 'watches' },
    ]);
    await until('nothing is watched', () => watched(running) === 0);
    expect((await ask('config/folders/sync'))['fsWatcherEnabled']).toBe(false);
    expect((await ask('db/status?folder=sync'))['localDirectories']).toBeGreaterThan(FOLDERS);
    expect((await runFit('--undo')).status).toBe(0);
    await until('everything is watched again', () => watched(running) > FOLDERS);
  });
});
