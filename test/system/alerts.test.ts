// Who is told when a guard acts: real guards and companions, and receivers on the loopback.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import type { Alert } from '../../src/domain/alert.ts';
import { type RunSettings, renderRunSettings } from '../../src/formats/run-settings.ts';
import { BINARY } from '../support/binary.ts';
import { type Ended, runToEnd } from '../support/ending.ts';
import { installPrograms, type Programs, TABLE_TERMS } from '../support/guarded-programs.ts';
import { hasEnded, pause, type Scene, sceneFor, slow } from '../support/guarded-run.ts';
import { gateAnswering } from '../support/installation.ts';
import { type Receiver, type Reply, receiver } from '../support/receivers.ts';
import { until } from '../support/scripted-daemon.ts';

const SAID: RunSettings = {
  onRefuse: 'exit',
  onUnknown: 'start',
  gateTimeoutMs: 60_000,
  leaseMs: 90_000,
  restart: 'never',
  companion: 'on',
  preservesStatus: false,
  passesNotify: false,
  isScheduled: false,
  alertWaitMs: 60_000,
};

let programs: Programs;
beforeAll(async () => {
  programs = await installPrograms();
  // What a gate says of a configuration with a sink, before it answers.
  const [once, again] = (['never', 'on-failure'] as const).map((restart) =>
    JSON.stringify(renderRunSettings({ ...SAID, restart })),
  );
  const says = `require('fs').writeSync(3, process.argv[2].includes('on-failure') ? ${again} : ${once})`;
  const gate = gateAnswering({ terms: TABLE_TERMS }, says);
  writeFileSync(join(programs.root, 'dist/gate.cjs'), gate);
});
afterAll(() => programs.remove());

async function answering({ onTestFinished }: TestContext, answer: () => Reply): Promise<Receiver> {
  const made = await receiver(answer);
  onTestFinished(() => made.close());
  return made;
}

const eventsOf = ({ heard }: Receiver): string[] =>
  heard.flatMap(({ body }) => JSON.parse(body).alerts.map(({ event }: Alert) => event));

const webhook = (url: string, timeout: string): string =>
  `[alerts]\ntimeout = "${timeout}"\nretry = "10ms"\nmachine = "nas"\n[alerts.webhook]\nurl = "${url}/secret"\n`;

function configured(scene: Scene, text: string): { readonly environment: NodeJS.ProcessEnv } {
  const directory = join(scene.path, 'configuration');
  mkdirSync(directory);
  writeFileSync(join(directory, 'config.toml'), text);
  return { environment: { CONFIGURATION_DIRECTORY: directory } };
}

const SLEEP = ['sh', '-c', 'echo up; exec sleep 600'];

describe.concurrent('a guard', () => {
  it('goes on reading and acting while a receiver hangs', async (context) => {
    const server = await answering(context, () => 'hang');
    const scene = sceneFor(programs.program, context);
    const call = { ...configured(scene, webhook(server.url, '1h')), says: 'up' };
    const guarded = await scene.run(SLEEP, call);
    await guarded.ask({ command: 'status' });
    await slow(scene, guarded);
    await until(() => server.heard.length === 1);
    await pause(scene, guarded);
    scene.wall.move(97, 5);
    await until(() => guarded.course().startsWith('starting throttled paused stopping'));
    await guarded.seen('was stopped at dcachesize');
    context.expect(server.heard).toHaveLength(1);
    // It waits for what is just told, and for a signal no longer.
    process.kill(guarded.pid, 'SIGTERM');
    await until(() => hasEnded(guarded.pid));
    await server.close();
    context.expect(await guarded.ended).toMatchObject({ signal: 'SIGTERM' });
  });

  it('has told that it stopped its daemon when it ends', async (context) => {
    const server = await answering(context, () => ({ status: 200 }));
    const scene = sceneFor(programs.program, context);
    const guarded = await scene.run(SLEEP, { ...configured(scene, webhook(server.url, '1min')), says: 'up' });
    await guarded.ask({ command: 'status' });
    await slow(scene, guarded);
    await pause(scene, guarded);
    scene.wall.move(97, 5);
    context.expect((await guarded.ended).status).toBe(75);
    context.expect(eventsOf(server)).toEqual(['throttle', 'pause', 'stop']);
  });

  it('tells of a hold through the companion that is there', async (context) => {
    const server = await answering(context, () => ({ status: 200 }));
    const scene = sceneFor(programs.program, context);
    const text = `restart.policy = "on-failure"\n${webhook(server.url, '1min')}`;
    const words = ['--restart', 'on-failure', ...SLEEP];
    const guarded = await scene.run(words, { ...configured(scene, text), says: 'up' });
    await guarded.ask({ command: 'status' });
    await pause(scene, guarded);
    scene.wall.move(97, 5);
    await guarded.seen('is on hold');
    await until(() => eventsOf(server).includes('hold'));
    const hold = JSON.parse(server.heard.at(-1)?.body ?? '');
    context
      .expect(hold)
      .toMatchObject({ event: 'hold', rule: 'stopped-at-wall', hint: 'syncguard restart --clear-hold' });
  });
});

let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'syncguard-alerts-'));
});
afterAll(() => rmSync(place, { recursive: true }));

let count = 0;
/** The built program with this configuration. */
function typed(text: string): (...words: readonly string[]) => Promise<Ended> {
  count += 1;
  const own = join(place, String(count));
  mkdirSync(own);
  writeFileSync(join(own, 'config.toml'), text);
  const environment = {
    ...process.env,
    JOURNAL_STREAM: '',
    CONFIGURATION_DIRECTORY: own,
    STATE_DIRECTORY: join(own, 'state'),
    RUNTIME_DIRECTORY: join(own, 'run'),
  };
  return (...words) => runToEnd(BINARY, words, { env: environment });
}

const TOO_MUCH = ['run', '--require', 'memory=4000000000M', '--', 'true'];

describe.concurrent('a start that is refused', () => {
  it('is told, without a companion, before run ends with 75', async (context) => {
    const server = await answering(context, () => ({ status: 200 }));
    const type = typed(webhook(server.url, '1min'));
    context.expect((await type(...TOO_MUCH)).status).toBe(75);
    context.expect(server.heard.map(({ path }) => path)).toEqual(['/secret']);
    context.expect(JSON.parse(server.heard[0]?.body ?? '')).toMatchObject({
      machine: 'nas',
      event: 'refuse',
      daemon: 'true',
      resource: 'memory',
      sentence: context.expect.stringContaining('memory would reach'),
    });
    // Once within ten minutes, however often a service manager tries.
    context.expect((await type(...TOO_MUCH)).status).toBe(75);
    context.expect(server.heard).toHaveLength(1);
  });

  it('is refused all the same where the receiver hangs, and told by the next start that can', async (context) => {
    let answer: Reply = 'hang';
    const server = await answering(context, () => answer);
    const type = typed(webhook(server.url, '200ms'));
    const ended = await type(...TOO_MUCH);
    context.expect(ended.status).toBe(75);
    context.expect(ended.stderr).toContain('could not be told: no answer within 200ms');
    context.expect(ended.stderr).not.toContain('secret');
    const doctor = JSON.parse((await type('doctor', '--json')).stdout) as {
      checks: readonly { name: string }[];
    };
    context.expect(doctor.checks.find(({ name }) => name === 'alerts')).toMatchObject({
      status: 'warn',
      seen: `webhook (${server.url}/...); 1 wait for webhook, which failed: no answer within 200ms`,
      command: 'syncguard alerts test',
    });
    answer = { status: 200 };
    // The next attempt is due within seconds.
    await context.expect
      .poll(
        async () => {
          await type(...TOO_MUCH);
          return server.heard.length;
        },
        { timeout: 60_000 },
      )
      .toBe(2);
    context.expect(JSON.parse(server.heard[1]?.body ?? '').event).toBe('refuse');
  });
});

describe.concurrent('syncguard alerts test', () => {
  it('says what each sink answered, and is 1 where one did not take it', async (context) => {
    const server = await answering(context, () => ({ status: 403, body: 'forbidden' }));
    const hook = join(place, 'hook');
    writeFileSync(hook, '#!/bin/sh\nenv >"$0.heard"\n');
    chmodSync(hook, 0o755);
    const type = typed(`[alerts.hook]\ncommand = ["${hook}"]\n${webhook(server.url, '1min')}`);
    const ended = await type('alerts', 'test', '--json');
    context.expect(ended.status).toBe(1);
    context.expect(JSON.parse(ended.stdout)).toEqual({
      schema: 'syncguard/alerts-test/1',
      sinks: [
        { name: 'hook', where: hook, isTaken: true, answer: 'hook ended with status 0' },
        { name: 'webhook', where: `${server.url}/...`, isTaken: false, answer: 'it answered 403: forbidden' },
      ],
    });
    context.expect(readFileSync(`${hook}.heard`, 'utf8')).toContain('SYNCGUARD_EVENT=test\n');
    context.expect(await type('alerts', 'test', 'hook', '--quiet')).toMatchObject({ status: 0, stdout: '' });
  });

  it('names a sink that is none, and one that is not configured', async (context) => {
    const type = typed('');
    context.expect(await type('alerts', 'test')).toMatchObject({
      status: 78,
      stderr: context.expect.stringContaining('No sink is configured'),
    });
    context.expect(await type('alerts', 'test', 'webhok')).toMatchObject({
      status: 64,
      stderr: context.expect.stringContaining('did you mean syncguard alerts test webhook?'),
    });
  });
});

describe('a secret of the configuration', () => {
  const TEXT =
    '[alerts.webhook]\nurl = "https://u:S3CRET@ntfy.example/S3CRET"\ntoken = "S3CRET"\n' +
    '[alerts.heartbeat]\nurl = "https://hc.example/ping?S3CRET"\n' +
    '[alerts.cachet]\nurl = "https://status.example"\ncomponent = 3\ntoken = "S3CRET"\n';

  it.each(['--color=never', '--json', '--verbose'])('is shown by no config show %s', async (word) => {
    const { stdout, status } = await typed(TEXT)('config', 'show', word);
    expect(status).toBe(0);
    expect(stdout).toContain('ntfy.example');
    expect(stdout).not.toContain('S3CRET');
  });

  it.each([
    ['[alerts.webhook]\nurl = "S3CRET"\n', 'line 2: alerts.webhook.url: it is no address of the web'],
    ['[alerts.webhook]\ntoken = "S3 CRET"\n', 'line 2: alerts.webhook.token: a text of visible ASCII'],
    [`${TEXT}token_file = "/x"\n`, 'line 9: alerts.cachet.token and token_file are both said'],
    [
      '[alerts.cachet]\nurl = "https://u:S3CRET@x"\n',
      'line 2: alerts.cachet.url is said without alerts.cachet.component',
    ],
  ])('is not quoted where it is wrong: %j', async (text, says) => {
    const { stderr, status } = await typed(text)('config', 'check');
    expect(status).toBe(78);
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/S3 ?CRET/);
  });
});
