// A daemon at its wall, told to end through its guard: whoever waits for that shall not wait for the wall.
import { expect, it } from 'vitest';
import { MiB } from '../../src/domain/units.ts';
import { BINARY } from '../support/binary.ts';
import { type Ended, start } from '../support/ending.ts';
import { isMet } from '../support/need.ts';
import { whyNoProbe } from '../support/probe.ts';
import { DaemonRoom } from '../support/real-daemon-room.ts';
import { temporaryHome } from '../support/real-daemon-tree.ts';

const lack = whyNoProbe();

/** Its own room is 64 MiB: 62 % of it are taken, and paused from half of it on. */
const CONTAINER_BYTES = 96 * MiB;
const HOLDER = `$SIG{TERM} = "IGNORE"; $size = 40 << 20; $held = "x" x $size; $| = 1; print "holding\\n"; sleep 600`;
const SHARES = ['--throttle-at', '40%', '--pause-at', '50%', '--stop-at', '99%'];

/** TERM as soon as it has been paused. */
async function endPaused(): Promise<Ended> {
  using home = temporaryHome();
  const room = new DaemonRoom(CONTAINER_BYTES);
  try {
    const words = [...room.enter, BINARY, 'run', '--companion', 'off', ...SHARES, 'perl', '-e', HOLDER];
    const [shell = '', ...rest] = words;
    const env = { ...process.env, XDG_STATE_HOME: home.path, RUNTIME_DIRECTORY: `${home.path}/run` };
    const running = start(shell, rest, { env });
    await running.seen('paused perl');
    process.kill(running.pid, 'SIGTERM');
    return await running.ended;
  } finally {
    await room.clear();
  }
}

it.runIf(isMet(lack === null, lack ?? ''))(
  'a daemon that was told to end is not paused again for good: it is killed when its grace is over',
  async () => {
    const { signal, stderr } = await endPaused();
    expect(signal).toBe('SIGKILL');
    expect(stderr).toContain('killing perl');
    expect(stderr).not.toContain('was stopped at');
  },
);
