// What a service manager hears of a guard, at the other end of a real socket.
import { chmodSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it, type TestContext } from 'vitest';
import { BINARY, ROOT } from '../support/binary.ts';
import { runToEnd } from '../support/ending.ts';
import { trace } from '../support/guarded-faults.ts';
import { pause, sceneFor } from '../support/guarded-run.ts';
import { gateAnswering, type Installation, install } from '../support/installation.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { type NotifyReceiver, receiveNotices } from '../support/notify-receiver.ts';
import { moment, until } from '../support/scripted-daemon.ts';

/** Without koffi, for which it has no directory to look in. */
let bare: Installation;
beforeAll(async () => {
  bare = await install();
});
afterAll(() => bare.remove());

/** A gate that refuses until there is a file; it is asked again after 5 s. */
const REFUSING_UNTIL_IT_FITS = `const here = require('fs').existsSync(__dirname + '/fits');
if (here) { ${gateAnswering({})} } else { ${gateAnswering({ verdict: 'refuse', reason: 'over-wall' })} }`;

async function installWithKoffi(gate: string): Promise<Installation> {
  const installation = await install(gate);
  symlinkSync(join(ROOT, 'node_modules'), join(installation.root, 'node_modules'));
  return installation;
}

const SLEEP = ['--companion', 'off', 'sh', '-c', 'exec sleep 600'];
const ALIVE = 'WATCHDOG=1';
/** A manager waits 0.4 s for a sign of life, so that one is due every 0.2 s. */
const WATCHDOG = { WATCHDOG_USEC: '400000' };
/** The manager writes the pid of the process it starts, which becomes the guard. */
const AS_MAIN = ['sh', '-c', 'WATCHDOG_PID=$$ exec "$0" "$@"'];

async function receiverFor(
  { onTestFinished }: TestContext,
  kind: 'path' | 'abstract' = 'path',
): Promise<NotifyReceiver> {
  const receiver = await receiveNotices(kind);
  onTestFinished(() => receiver.close());
  return receiver;
}

const countOf = (receiver: NotifyReceiver, line: string): number =>
  receiver.lines().filter((one) => one === line).length;

/** Calls that make a process or a socket, or speak to one otherwise than by a descriptor held open. */
const FORBIDDEN = /^(clone3?|v?fork|execve|socket|connect|sendto|sendmsg|open|openat)$/;

const isPossible = isMet(hasProgram('python3'), 'python3 receives datagrams');

describe.runIf(isPossible).concurrent('a service manager', () => {
  it.for(['path', 'abstract'] as const)(
    'at an %s address hears of the start, of each phase and of the end, from the guard itself',
    async (kind, context) => {
      const { expect } = context;
      const receiver = await receiverFor(context, kind);
      const scene = sceneFor(BINARY, context);
      const guarded = await scene.run(SLEEP, { environment: { NOTIFY_SOCKET: receiver.address } });
      await receiver.hears('READY=1');
      await pause(scene, guarded);
      await receiver.hears('STATUS=sh is paused (syncguard why)');
      process.kill(guarded.pid, 'SIGTERM');
      await guarded.ended;
      await receiver.hears('STOPPING=1');
      expect(receiver.lines()[0]).toMatch(/^EXTEND_TIMEOUT_USEC=\d+$/);
      expect(receiver.lines().filter((line) => !line.startsWith('STATUS='))).toEqual(
        expect.arrayContaining(['READY=1', 'STOPPING=1']),
      );
      expect(countOf(receiver, 'READY=1')).toBe(1);
      expect(new Set(receiver.said.map(({ pid }) => pid))).toEqual(new Set([guarded.pid]));
      expect(receiver.lines()).not.toContain(ALIVE);
    },
  );

  it('hears no READY for a command that could not be executed', async (context) => {
    const { expect } = context;
    const receiver = await receiverFor(context);
    const scene = sceneFor(BINARY, context);
    const command = join(scene.path, 'daemon');
    writeFileSync(command, '#!/nowhere/interpreter\n');
    chmodSync(command, 0o755);
    const env = { ...scene.environment, NOTIFY_SOCKET: receiver.address };
    const ended = await runToEnd(BINARY, ['run', ...SLEEP.slice(0, 2), command], { env });
    expect([126, 127]).toContain(ended.status);
    await receiver.hears('STATUS=daemon has ended');
    expect(receiver.lines()).not.toContain('READY=1');
  });

  it('is fed by the tick, without a process, a socket or a file being opened for it', async (context) => {
    const { expect } = context;
    if (!isMet(hasProgram('strace'), 'strace shows the calls of a tick')) return;
    const receiver = await receiverFor(context);
    const scene = sceneFor(BINARY, context);
    const environment = { NOTIFY_SOCKET: receiver.address, ...WATCHDOG };
    const guarded = await scene.run(SLEEP, { before: AS_MAIN, environment });
    await receiver.hears('STATUS=sh runs under guard');
    const looking = await trace(guarded.pid, null);
    const before = countOf(receiver, ALIVE);
    await until(() => countOf(receiver, ALIVE) > before + 10);
    const calls = looking.calls();
    await looking.detach();
    expect(calls.filter((call) => call === 'write').length).toBeGreaterThan(5);
    expect(calls.filter((call) => FORBIDDEN.test(call))).toEqual([]);
  });

  it('hears nothing from a guard that hangs, and all of it again when it goes on', async (context) => {
    const { expect } = context;
    const receiver = await receiverFor(context);
    const scene = sceneFor(BINARY, context);
    const environment = { NOTIFY_SOCKET: receiver.address, ...WATCHDOG };
    const guarded = await scene.run(SLEEP, { before: AS_MAIN, environment });
    await receiver.hears(ALIVE);
    process.kill(guarded.pid, 'SIGSTOP');
    await until(() => /^State:\s+T/m.test(readFileSync(`/proc/${guarded.pid}/status`, 'utf8')));
    // What was on its way.
    await moment(500);
    const heard = receiver.said.length;
    await moment(2_000);
    expect(receiver.said.length).toBe(heard);
    process.kill(guarded.pid, 'SIGCONT');
    await until(() => receiver.said.length > heard + 2);
  });

  it('whose watchdog is for another process is not fed', async (context) => {
    const { expect } = context;
    const receiver = await receiverFor(context);
    const scene = sceneFor(BINARY, context);
    const environment = { NOTIFY_SOCKET: receiver.address, ...WATCHDOG, WATCHDOG_PID: '1' };
    await scene.run(SLEEP, { environment });
    await receiver.hears('STATUS=sh runs under guard');
    expect(receiver.lines()).not.toContain(ALIVE);
  });

  it('is asked for more time while a daemon waits for room, and told READY when it has some', async (context) => {
    const { expect } = context;
    const receiver = await receiverFor(context);
    const installation = await installWithKoffi(REFUSING_UNTIL_IT_FITS);
    context.onTestFinished(() => installation.remove());
    const scene = sceneFor(installation.program, context);
    const environment = { NOTIFY_SOCKET: receiver.address };
    await scene.run(['--on-refuse', 'wait', ...SLEEP], { environment, says: 'waiting until it fits' });
    await receiver.hears('STATUS=sh waits until it fits (syncguard why)');
    expect(receiver.lines()).not.toContain('READY=1');
    writeFileSync(join(installation.root, 'dist/fits'), '');
    await receiver.hears('READY=1');
    await receiver.hears('STATUS=sh is starting, slice by slice');
  });

  it('hears the daemon alone where the socket is passed on, watchdog and all', async (context) => {
    const { expect } = context;
    const receiver = await receiverFor(context);
    const scene = sceneFor(BINARY, context);
    const speak = `import os, socket, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect(os.environ['NOTIFY_SOCKET'])
s.send(('READY=1\\nSTATUS=watched is ' + os.environ['WATCHDOG_PID']).encode())
time.sleep(600)`;
    const environment = { NOTIFY_SOCKET: receiver.address, ...WATCHDOG };
    const words = ['--companion', 'off', '--pass-notify', 'python3', '-c', speak];
    const guarded = await scene.run(words, { before: AS_MAIN, environment });
    await receiver.hears('READY=1');
    await pause(scene, guarded);
    const daemon = guarded.daemonPid();
    process.kill(guarded.pid, 'SIGTERM');
    await guarded.ended;
    const [first] = receiver.said.filter(({ lines }) => lines.includes('READY=1'));
    expect(first).toEqual({ pid: daemon, lines: ['READY=1', `STATUS=watched is ${daemon}`] });
    expect(receiver.said.at(-1)).toBe(first);
  });

  it.runIf(isMet(hasProgram('systemd-notify'), 'systemd-notify speaks where koffi does not'))(
    'hears READY by systemd-notify where there is no koffi, and that no sign of life will come',
    async (context) => {
      const { expect } = context;
      const receiver = await receiverFor(context);
      const scene = sceneFor(bare.program, context);
      const environment = { NOTIFY_SOCKET: receiver.address, ...WATCHDOG };
      const guarded = await scene.run(SLEEP, { before: AS_MAIN, environment });
      expect(guarded.output()).toMatch(/told READY by \S+systemd-notify, .*: koffi is absent/);
      await receiver.hears('READY=1');
      await receiver.hears('WATCHDOG_USEC=0');
      expect(receiver.lines()).not.toContain(ALIVE);
    },
  );

  it('that nobody can reach is said to be so, and the daemon runs', async (context) => {
    const scene = sceneFor(BINARY, context);
    const env = { ...scene.environment, NOTIFY_SOCKET: join(scene.path, 'absent') };
    const ended = await runToEnd(BINARY, ['run', '--companion', 'off', 'echo', 'up'], { env });
    context.expect(ended.stderr).toMatch(/cannot be told READY: \S+absent: connect: ENOENT/);
    context.expect([ended.stdout, ended.status]).toEqual(['up\n', 0]);
  });
});
