import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACTIONS, bandIndex, phaseIndex, ruleIndex } from '../../src/domain/lifecycle.ts';
import type { ControlRequest } from '../../src/formats/control-message.ts';
import { RECORD_FLAGS } from '../../src/formats/guard-record.ts';
import { guardStatusOf } from '../../src/formats/guard-status.ts';
import { MANIFEST, recordOf } from '../support/guard-records.ts';
import { type GuardScene, guardScene } from '../support/guard-scene.ts';

let scene: GuardScene;
beforeEach(() => {
  scene = guardScene();
});
afterEach(() => scene.remove());

const STARTED = recordOf('started', null, { amount: 4321, phase: phaseIndex('starting') });
const PAUSED = recordOf('action', 'dcachesize', {
  judged: 2_900_000,
  held: 2_950_000,
  failcnt: 3,
  phase: phaseIndex('paused'),
  band: bandIndex('pause'),
  rule: ruleIndex('share'),
  actions: ACTIONS.FREEZE | ACTIONS.ALERT,
  flags: RECORD_FLAGS.rising | RECORD_FLAGS.sharedWall | RECORD_FLAGS.contributes,
});
const RING = [STARTED, PAUSED];
const NONE = 'no-such-guard';

describe('status', () => {
  it('is 3 where there is no such guard, and says so', async () => {
    expect(await scene.type('status', NONE)).toEqual({
      status: 3,
      stdout: `not running: no guard called ${NONE} was found\n`,
      stderr: '',
    });
    const { status, stdout } = await scene.type('status', NONE, '--json');
    expect([status, JSON.parse(stdout)]).toEqual([3, { schema: 'syncguard/status/1', guards: [] }]);
  });

  it('is 0 for a paused daemon, told from the ring where there is no companion', async () => {
    const { pid } = scene.addGuard({}, RING);
    const { status, stdout } = await scene.type('status', String(pid));
    expect(status).toBe(0);
    expect(stdout.split('\n')[0]).toBe(`dropboxd: paused (pid 4321, guard ${pid}, profile dropbox)`);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'dropboxd is paused: dcachesize 2.8 MiB of 3.0 MiB (92%), rising (its share of the wall); it goes on below 2.3 MiB for 1min, else it is ended after 30min protection',
    );
    expect(stdout).toContain('companion   none: it takes no orders but signals');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('is 4 before the guard has recorded anything', async () => {
    const { pid } = scene.addGuard();
    expect((await scene.type('status', String(pid))).status).toBe(4);
  });

  it('is what the companion says where there is one', async () => {
    const guard = scene.addGuard({}, RING);
    const running = recordOf('sample', 'memory', { judged: 10, phase: phaseIndex('running') });
    const status = guardStatusOf(MANIFEST, [...RING, running], { isAlive: true, hasCompanion: true });
    await guard.answer(() => ({ ok: true, isDone: true, status }));
    const { stdout } = await scene.type('status', String(guard.pid), '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      guards: [{ state: 'running', guard: { hasCompanion: true }, last: { rule: 'share' } }],
    });
  });

  it('of a guard that was killed is 3, with since when and what it did last', async () => {
    const guard = scene.addGuard({}, RING);
    await guard.kill();
    const { status, stdout } = await scene.type('status', String(guard.pid));
    expect(status).toBe(3);
    expect(stdout).toMatch(
      /^dropboxd: gone .*\n {2}since .*\n {2}ended {7}it was paused, last heard of \d{4}-\d\d-\d\d /,
    );
  });

  it('does not take another process with the same pid for the guard', async () => {
    const { pid } = scene.addGuard({ startTicks: 1 }, RING);
    expect((await scene.type('status', String(pid))).stdout).toMatch(/^dropboxd: gone/);
    const other = scene.addGuard({ bootId: 'another boot' }, RING);
    expect((await scene.type('status', String(other.pid))).stdout).toMatch(/^dropboxd: gone/);
  });

  it('tells every guard of a name', async () => {
    const command = ['/opt/only-here'];
    const pids = [scene.addGuard({ command }, RING), scene.addGuard({ command }, RING)].map(({ pid }) => pid);
    const { stdout } = await scene.type('status', 'only-here', '--json');
    const told = JSON.parse(stdout) as { guards: { guard: { pid: number } }[] };
    expect(told.guards.map(({ guard }) => guard.pid).sort()).toEqual(pids.sort());
  });
});

describe('why', () => {
  it('tells inputs, rule, act and what would change it, of a living guard and of a dead one', async () => {
    const guard = scene.addGuard({}, RING);
    const living = await scene.type('why', String(guard.pid));
    expect(living.stdout.split('\n').slice(0, 3)).toEqual([
      `dropboxd (guard ${guard.pid}): paused`,
      expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}started -> starting$/),
      '    pid 4321',
    ]);
    expect(living.stdout).toContain(
      [
        'action -> paused: FREEZE, ALERT',
        '    dcachesize 2.8 MiB of 3.0 MiB (92%) in container 101, band pause, held 2.8 MiB, failcnt 3,',
        '    rising, shared with others',
        '    rule share: its share of the wall',
        '    running follows below 2.3 MiB for 1min, else stopping after 30min',
        '',
      ].join('\n'),
    );
    await guard.kill();
    const gone = await scene.type('why', String(guard.pid), '--last', '1', '--json');
    expect(JSON.parse(gone.stdout)).toMatchObject({
      schema: 'syncguard/why/1',
      state: 'gone',
      decisions: [{ kind: 'action', next: { to: 'running', below: 2_359_296, forMs: 60_000 } }],
    });
  });

  it('of nobody is an error with the next command', async () => {
    expect(await scene.type('why', NONE)).toEqual({
      status: 66,
      stdout: '',
      stderr: `syncguard: No guard called ${NONE} runs here. [no-guard]\nhint: syncguard run COMMAND starts one; one that root has started is seen by root\n`,
    });
    expect((await scene.type('why', '--last', 'all')).status).toBe(64);
  });
});

describe('an order', () => {
  it('is passed on as it was typed, and its effect is told', async () => {
    const guard = scene.addGuard({}, RING);
    const asked: ControlRequest[] = [];
    const status = guardStatusOf(MANIFEST, RING, { isAlive: true, hasCompanion: true });
    await guard.answer((request) => {
      asked.push(request);
      return { ok: true, isDone: true, status };
    });
    const paused = await scene.type('pause', String(guard.pid), '--for', '10min');
    expect([paused.status, paused.stdout]).toEqual([0, 'dropboxd is paused for 10min\n']);
    await scene.type('restart', String(guard.pid), '--clear-hold');
    await scene.type('stop', String(guard.pid));
    await scene.type('reload', String(guard.pid));
    expect(asked).toEqual([
      { command: 'pause', forMs: 600_000 },
      { command: 'restart', clearHold: true },
      { command: 'stop' },
      { command: 'reload' },
    ]);
  });

  it('that ends a daemon which TERM in the middle of a run breaks names what makes it whole again', async () => {
    const ends = { isTermSafe: false, isKillSafe: false, recover: 'run it once with --resync' };
    const guard = scene.addGuard({ ends }, RING);
    await guard.answer(() => ({ ok: true, isDone: true }));
    const { stdout } = await scene.type('stop', String(guard.pid));
    expect(stdout).toBe('dropboxd is gone; if that broke off a run: run it once with --resync\n');
    expect((await scene.type('resume', String(guard.pid))).stdout).toBe('dropboxd is gone\n');
  });

  it('that the guard decides otherwise on is 1, and says where to read why', async () => {
    const guard = scene.addGuard({}, RING);
    const status = guardStatusOf(MANIFEST, RING, { isAlive: true, hasCompanion: true });
    await guard.answer(() => ({ ok: true, isDone: true, status }));
    expect(await scene.type('resume', String(guard.pid))).toEqual({
      status: 1,
      stdout: `dropboxd is paused: syncguard why ${guard.pid} tells why\n`,
      stderr: '',
    });
  });

  it('that is not carried out yet says so', async () => {
    const guard = scene.addGuard({}, RING);
    await guard.answer(() => ({ ok: true, isDone: false }));
    const { status, stdout } = await scene.type('resume', String(guard.pid), '--json');
    expect([status, JSON.parse(stdout)]).toEqual([
      0,
      { schema: 'syncguard/resume/1', guard: guard.pid, effect: 'told', state: null },
    ]);
  });

  it('without a companion is one error with the next command, but for stop, which is TERM to the guard', async () => {
    const guard = scene.addGuard({}, RING);
    const resumed = await scene.type('resume', String(guard.pid));
    expect(resumed.status).toBe(74);
    expect(resumed.stderr).toBe(
      `syncguard: The guard of dropboxd (pid ${guard.pid}) has no companion to take the order. [io]\nhint: syncguard status; syncguard stop works without one\n`,
    );
    const ended = new Promise((resolve) => guard.child.once('exit', (_, signal) => resolve(signal)));
    expect((await scene.type('stop', String(guard.pid))).status).toBe(0);
    expect(await ended).toBe('SIGTERM');
  });

  it.each([
    ['pause', 'held', 'no daemon is running that could pause', '--clear-hold '],
    ['resume', 'waiting', 'no daemon is running that could resume', ''],
    ['reload', 'held', 'it reads its configuration at the next start', '--clear-hold '],
  ] as const)(
    'to %s a guard that is %s says why there is nothing to do',
    async (order, state, why, option) => {
      const guard = scene.addGuard({}, [STARTED, recordOf(state, null, { phase: phaseIndex(state) })]);
      expect(await scene.type(order, String(guard.pid))).toEqual({
        status: 74,
        stdout: '',
        stderr: `syncguard: The guard of dropboxd (pid ${guard.pid}) is ${state}: ${why}. [io]\nhint: syncguard restart ${option}${guard.pid} starts it\n`,
      });
      const { stdout } = await scene.type('why', String(guard.pid));
      expect(stdout).toMatch(new RegExp(`${state}$`, 'm'));
    },
  );

  it('never signals a process that is not the guard', async () => {
    const guard = scene.addGuard({ startTicks: 1 }, RING);
    expect((await scene.type('stop', String(guard.pid))).status).toBe(66);
    expect([guard.child.exitCode, guard.child.signalCode]).toEqual([null, null]);
  });

  it('to several is refused, with their names', async () => {
    const command = ['/opt/only-here'];
    scene.addGuard({ command }, RING);
    scene.addGuard({ command }, RING);
    const { status, stderr } = await scene.type('stop', 'only-here');
    expect(status).toBe(64);
    expect(stderr).toMatch(
      /^syncguard: Several guards are called only-here: only-here \(guard \d+\), only-here \(guard \d+\)\. \[usage\]\n/,
    );
  });

  it.each([
    ['pause', '--for', 'soon', 64],
    ['pause', '--for', '5m', 64],
    ['pause', '--for', '60d', 64],
  ])('%s %s %s is a usage error before anybody is asked', async (command, option, value, expected) => {
    const { status, stderr } = await scene.type(command, option, value);
    expect(status).toBe(expected);
    expect(stderr).toContain('--for');
  });

  it('to reload a file with a mistake in it fails with 78, as its guard says it', async () => {
    const guard = scene.addGuard({}, RING);
    const message = 'Nothing was reloaded: c.toml, line 2: stop_at: 200% is more than 100%.';
    await guard.answer(() => ({ ok: false, code: 'bad-config', message, hint: 'mend it' }));
    expect(await scene.type('reload', String(guard.pid))).toEqual({
      status: 78,
      stdout: '',
      stderr: `syncguard: ${message} [bad-config]\nhint: mend it\n`,
    });
  });

  it('to reload tells what is followed now, and what from the next start on', async () => {
    const guard = scene.addGuard({}, RING);
    const reloaded = { atOnce: ['stop_at "95%" -> "92%"'], nextStart: ['exclude [] -> ["a"]'] };
    await guard.answer(() => ({ ok: true, isDone: true, reloaded }));
    const { status, stdout } = await scene.type('reload', String(guard.pid));
    expect([status, stdout]).toEqual([
      0,
      `dropboxd's guard has read its configuration again:
  stop_at "95%" -> "92%"
  exclude [] -> ["a"]  (from the daemon's next start)
`,
    ]);
  });
});
