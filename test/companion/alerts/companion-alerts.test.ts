// Alerts from the companion as a real process, with this test in the sentinel's place and receivers on the loopback.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/domain/alert.ts';
import { ACTIONS, phaseIndex, ruleIndex } from '../../../src/domain/lifecycle.ts';
import { RECORD_FLAGS } from '../../../src/formats/guard-record.ts';
import { leaveSlip } from '../../../src/kernel/slip-box.ts';
import { alertOf } from '../../support/alerts.ts';
import { type CompanionRun, companionStage, type Stage } from '../../support/companion.ts';
import { MANIFEST, recordOf } from '../../support/guard-records.ts';
import { type Receiver, type Reply, receiver } from '../../support/receivers.ts';

let stage: Stage;
const open: Receiver[] = [];
beforeAll(async () => {
  stage = await companionStage(MANIFEST);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});
afterAll(() => stage.remove());

async function answering(answer: () => Reply): Promise<Receiver> {
  const made = await receiver(answer);
  open.push(made);
  return made;
}

/** A companion takes a second to start where eight others do. */
const eventually = <T>(look: () => T, interval = 20) => expect.poll(look, { timeout: 20_000, interval });

let count = 0;
/** A companion with this configuration, and alerts of its own that wait in `directory`. */
function alerting(config: string): {
  readonly directory: string;
  readonly file: string;
  start(isErrand?: boolean): CompanionRun;
} {
  count += 1;
  const place = join(stage.runtimeDirectory, `alerts-${count}`);
  const file = join(place, 'config.toml');
  const directory = join(place, 'waiting');
  mkdirSync(place);
  writeFileSync(file, config);
  const environment = { CONFIGURATION_DIRECTORY: place };
  return {
    directory,
    file,
    start: (isErrand = false) => stage.start({ alerts: directory, isErrand }, environment),
  };
}

const webhook = (url: string, more = ''): string =>
  `[alerts]\nevery = "0s"\nretry = "10ms"\n${more}\n[alerts.webhook]\nurl = "${url}/secret"\n`;

/** In whatever messages they came. */
const alertsOf = ({ heard }: Receiver): Alert[] => heard.flatMap(({ body }) => JSON.parse(body).alerts);
const eventsOf = (server: Receiver): string[] => alertsOf(server).map(({ event }) => event);

const running = (): ReturnType<typeof recordOf> =>
  recordOf('sample', 'dcachesize', { judged: 10, phase: phaseIndex('running') });
const act = (
  actions: number,
  phase: Parameters<typeof phaseIndex>[0],
  rule: Parameters<typeof ruleIndex>[0] = 'share',
) =>
  recordOf('action', 'dcachesize', {
    judged: 2_900_000,
    held: 2_950_000,
    phase: phaseIndex(phase),
    rule: ruleIndex(rule),
    actions,
  });
const pause = () => act(ACTIONS.FREEZE, 'paused');

describe('the companion', () => {
  it('tells of a throttle, a pause and a stop, and once that it runs freely again', async () => {
    const server = await answering(() => ({ status: 200 }));
    const run = alerting(webhook(server.url)).start();
    run.send(running(), act(ACTIONS.THROTTLE, 'throttled'), pause(), act(ACTIONS.TERM, 'stopping'));
    run.send(act(ACTIONS.KILL, 'killing', 'grace-over'), running(), running());
    await eventually(() => eventsOf(server)).toEqual(['throttle', 'pause', 'stop', 'recovered']);
    expect(alertsOf(server)[1]).toMatchObject({
      daemon: 'dropbox',
      resource: 'dcachesize',
      scope: 'container 101',
      judged: 2_900_000,
      held: 2_950_000,
      wall: 3_145_728,
      rule: 'share',
      sentence: expect.stringContaining('dropbox is paused: dcachesize 2.8 MiB of 3.0 MiB (92%)'),
    });
    await run.letGo();
    expect(run.log()).not.toContain('secret');
  });

  it('tells of nothing that a person asked for, and of no dry run', async () => {
    const server = await answering(() => ({ status: 200 }));
    const run = alerting(webhook(server.url)).start();
    const dry = { ...pause(), flags: RECORD_FLAGS.dryRun };
    run.send(running(), act(ACTIONS.FREEZE, 'paused', 'command'), dry, act(ACTIONS.TERM, 'stopping'));
    await eventually(() => eventsOf(server)).toEqual(['stop']);
    await run.letGo();
  });

  it('answers its control socket while a receiver hangs', async () => {
    const server = await answering(() => 'hang');
    const run = alerting(webhook(server.url, 'timeout = "1h"')).start();
    run.send(pause());
    await eventually(() => server.heard.length).toBe(1);
    expect(await run.ask('{"command":"status"}')).toMatchObject({ ok: true, status: { state: 'paused' } });
    run.child.kill('SIGKILL');
    await run.letGo();
  });

  it('that is killed while it tells leaves the alert to the next', async () => {
    const hanging = await answering(() => 'hang');
    const { file, start } = alerting(webhook(hanging.url, 'timeout = "1h"'));
    const first = start();
    first.send(pause());
    await eventually(() => hanging.heard.length).toBe(1);
    first.child.kill('SIGKILL');
    await first.letGo();
    const server = await answering(() => ({ status: 200 }));
    writeFileSync(file, webhook(server.url));
    const second = start();
    await eventually(() => eventsOf(server)).toEqual(['pause']);
    // And knows that there was trouble.
    second.send(running());
    await eventually(() => eventsOf(server)).toEqual(['pause', 'recovered']);
    await second.letGo();
  });

  it('loses no alert however often it is killed', async () => {
    const server = await answering(() => ({ status: 200 }));
    const { directory, start } = alerting(webhook(server.url));
    const tray = join(directory, 'in');
    for (let index = 0; index < 30; index += 1)
      leaveSlip(tray, alertOf({ sentence: `alert ${index}` }), { most: 100, nowAt: index });
    const told = (): Set<string> => new Set(alertsOf(server).map(({ sentence }) => sentence));
    // A companion needs some 100 ms until its first look: kills before, in and behind it.
    for (const afterMs of [60, 90, 110, 130, 150, 180]) {
      const run = start();
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      run.child.kill('SIGKILL');
      await run.letGo();
    }
    const last = start();
    await eventually(() => told().size).toBe(30);
    await last.letGo();
    expect(readdirSync(tray)).toEqual([]);
  });

  it('ends with the guard when what it tells is told, and not before', async () => {
    let answer: Reply = 'hang';
    const server = await answering(() => answer);
    const { directory, start } = alerting(webhook(server.url, 'timeout = "300ms"'));
    const run = start();
    run.send(pause());
    await eventually(() => server.heard.length).toBe(1);
    answer = { status: 200 };
    expect(await run.letGo()).toBe(0);
    expect(existsSync(join(directory, 'lock'))).toBe(false);
    expect(run.log()).toContain('could not be told: no answer within 300ms');
  });

  it('follows a receiver that was changed meanwhile', async () => {
    const server = await answering(() => ({ status: 200 }));
    const { file, start } = alerting('');
    const run = start();
    run.send(pause());
    await eventually(async () => {
      const reply = await run.ask('{"command":"status"}');
      return reply.ok && reply.status?.state;
    }).toBe('paused');
    writeFileSync(file, webhook(server.url));
    const reloaded = await run.ask('{"command":"reload"}');
    expect(JSON.stringify(reloaded)).not.toContain('secret');
    run.send(act(ACTIONS.TERM, 'stopping'));
    await eventually(() => eventsOf(server)).toEqual(['stop']);
    await run.letGo();
  });

  it('beats while a daemon is guarded, and not while it is held', async () => {
    const server = await answering(() => ({ status: 200 }));
    const run = alerting(`[alerts.heartbeat]\nurl = "${server.url}/ping/1"\nevery = "20ms"\n`).start();
    await run.ask('{"command":"status"}');
    expect(server.heard).toEqual([]);
    run.send(running());
    await eventually(() => server.heard.length).toBeGreaterThan(2);
    expect(server.heard[0]).toMatchObject({ method: 'GET', path: '/ping/1' });
    run.send(
      recordOf('held', null, { phase: phaseIndex('held'), rule: ruleIndex('restart-budget'), amount: 1000 }),
    );
    // Until one that was under way has ended, and then ten times as long as one takes.
    let before = -1;
    await eventually(() => {
      const isSilent = server.heard.length === before;
      before = server.heard.length;
      return isSilent;
    }, 200).toBe(true);
    await run.letGo();
  });
});

describe('a companion on an errand', () => {
  it('tells what the guard has left, and ends', async () => {
    const server = await answering(() => ({ status: 200 }));
    const { directory, start } = alerting(webhook(server.url));
    leaveSlip(join(directory, 'in'), alertOf({ event: 'hold' }), { most: 100, nowAt: Date.now() });
    const run = start(true);
    await new Promise((resolve) => run.child.once('exit', resolve));
    expect(eventsOf(server)).toEqual(['hold']);
  });

  it('tries each receiver once, and leaves what it could not tell', async () => {
    const server = await answering(() => ({ status: 500 }));
    const { directory, start } = alerting(webhook(server.url));
    leaveSlip(join(directory, 'in'), alertOf({ event: 'refuse' }), { most: 100, nowAt: Date.now() });
    const run = start(true);
    await new Promise((resolve) => run.child.once('exit', resolve));
    expect(server.heard).toHaveLength(1);
    expect(readdirSync(join(directory, 'webhook'))).toHaveLength(1);
  });
});
