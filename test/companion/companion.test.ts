// The companion as a real process, with this test in the sentinel's place.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACTIONS, phaseIndex, ruleIndex } from '../../src/domain/lifecycle.ts';
import { type CompanionRun, companionStage, type Stage } from '../support/companion.ts';
import { runToEnd } from '../support/ending.ts';
import { MANIFEST, recordOf } from '../support/guard-records.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await companionStage(MANIFEST);
});
afterAll(() => stage.remove());

const running = phaseIndex('running');
const paused = phaseIndex('paused');
const freeze = (): ReturnType<typeof recordOf> =>
  recordOf('action', 'dcachesize', {
    judged: 2_900_000,
    phase: paused,
    rule: ruleIndex('share'),
    actions: ACTIONS.FREEZE,
  });

/** Until the companion has heard what was sent. */
const settled = async (run: CompanionRun, phase: string): Promise<void> => {
  await expect
    .poll(async () => {
      const reply = await run.ask('{"command":"status"}');
      return reply.ok && reply.status?.state;
    })
    .toBe(phase);
};

describe('the companion', () => {
  it('tells the state of the guard from its records, and says the acts alone', async () => {
    const run = stage.start();
    run.send(recordOf('sample', 'memory', { judged: 10, phase: running }), freeze());
    await settled(run, 'paused');
    const why = await run.ask('{"command":"why"}');
    expect(why.ok && why.decisions?.decisions.map(({ actions }) => actions)).toEqual([['FREEZE']]);
    expect(await run.letGo()).toBe(0);
    expect(run.log()).toMatch(/^syncguard: dropbox is paused: dcachesize 2\.8 MiB of 3\.0 MiB \(92%\).*\n$/);
  });

  it('tells once that a daemon is killed, however often it takes', async () => {
    const run = stage.start();
    const kill = (): ReturnType<typeof recordOf> =>
      recordOf('action', null, {
        phase: phaseIndex('killing'),
        actions: ACTIONS.KILL,
        rule: ruleIndex('grace-over'),
      });
    run.send(kill(), kill(), kill());
    await settled(run, 'killing');
    await run.letGo();
    expect(run.log()).toBe('syncguard: dropbox is killed: it did not end in time\n');
  });

  it('passes orders on, and answers when a record shows that they were carried out', async () => {
    const run = stage.start();
    run.send(recordOf('sample', 'memory', { judged: 10, phase: running }));
    await settled(run, 'running');
    const reply = run.ask('{"command":"pause","forMs":600000}');
    await expect.poll(run.orders).toEqual(['pause 600000']);
    run.send(recordOf('command', null, { phase: running }), freeze());
    expect(await reply).toMatchObject({ ok: true, isDone: true, status: { state: 'paused' } });
    await run.letGo();
  });

  it('answers after 2 s that an order was passed on and not yet carried out', async () => {
    const run = stage.start();
    expect(await run.ask('{"command":"stop"}')).toMatchObject({ ok: true, isDone: false });
    expect(run.orders()).toEqual(['stop']);
    await run.letGo();
  });

  it('takes the socket over from one that was killed', async () => {
    const first = stage.start();
    await first.ask('{"command":"status"}');
    first.child.kill('SIGKILL');
    await first.letGo();
    expect(existsSync(join(stage.runtimeDirectory, 'control'))).toBe(true);
    const second = stage.start();
    expect(await second.ask('{"command":"status"}')).toMatchObject({ ok: true });
    await second.letGo();
  });

  it('lives without anybody who reads its log', async () => {
    const run = stage.start();
    run.child.stderr?.destroy();
    for (let line = 0; line < 2000; line += 1) run.send(freeze());
    await settled(run, 'paused');
    expect(await run.letGo()).toBe(0);
  });

  it('ends with the guard, and puts back what it had lowered', async () => {
    const room = join(stage.runtimeDirectory, 'room');
    mkdirSync(room);
    const files = {
      'memory.high': '200000000',
      'memory.max': '300000000',
      'memory.current': '190000000',
      'memory.reclaim': '',
      'memory.stat':
        'anon 1\nfile 0\nkernel 2\nshmem 0\nunevictable 0\nslab_reclaimable 1\nslab_unreclaimable 1\ninactive_file 0\nactive_file 0\nfile_dirty 0\nfile_writeback 0',
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(room, name), `${text}\n`);
    const high = (): string => readFileSync(join(room, 'memory.high'), 'utf8');
    const run = stage.start({ rooms: [{ directory: room, kind: 'unified' }] });
    run.send(recordOf('action', 'memory', { phase: phaseIndex('throttled'), actions: ACTIONS.THROTTLE }));
    await expect.poll(high).not.toMatch(/^200000000\n/);
    expect(await run.letGo()).toBe(0);
    expect(high()).toMatch(/^200000000/);
  });

  it('refuses to be started by hand, with one sentence', async () => {
    const ended = await runToEnd(process.execPath, [stage.program]);
    expect(ended.status).toBe(64);
    expect(ended.stderr).toBe(
      'syncguard: the companion is started by syncguard run, with one JSON argument\nhint: syncguard run --help\n',
    );
  });
});
