// Every grip on a daemon of real processes: the same laws, whatever it is held by.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openGrip } from '../../src/actuators/grip-choice.ts';
import { isMet } from '../support/need.ts';
import {
  FREEZER,
  type Hall,
  makeHall,
  moment,
  type ScriptedDaemon,
  startScripted,
  UNIFIED,
  until,
  untilAllMove,
} from '../support/scripted-daemon.ts';

/** Twenty beats: who is not held would have written. */
const STILL_MS = 400;

// A worker in a process group of its own (set -m), one that left session and parent, one that ignores TERM.
const FAMILY = `
  set -m; (beat worker) & set +m
  (setsid sh -c 'while :; do echo $$ >>orphan; sleep 0.02; done' &)
  (trap '' TERM; beat deaf) &
  trap 'echo >told; exit 0' TERM; while :; do echo >>main; sleep 0.02; done`;
const NAMES = ['worker', 'orphan', 'deaf', 'main'];

async function expectStill(daemon: ScriptedDaemon): Promise<void> {
  await until(() => daemon.grip.isFrozen());
  const before = daemon.sizes();
  await moment(STILL_MS);
  expect(daemon.sizes()).toEqual(before);
}

const stateOf = (pid: number | string): string =>
  /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '';

for (const kind of ['unified', 'legacy-freezer', 'signals'] as const) {
  const probe = makeHall(kind);
  probe?.remove();
  const inHall = async (
    script: string,
    names: readonly string[],
    run: (daemon: ScriptedDaemon) => Promise<void>,
  ) => {
    const daemon = await startScripted(makeHall(kind) as Hall, script, names);
    try {
      await run(daemon);
    } finally {
      daemon.remove();
    }
  };

  describe.runIf(isMet(probe !== null, `no writable hierarchy for ${kind}`))(
    `a daemon held by ${kind}`,
    () => {
      it('stands still, whoever of it left group, session or parent, and goes on', () =>
        inHall(FAMILY, NAMES, async (daemon) => {
          expect(daemon.grip.kind).toBe(kind);
          expect(daemon.grip.freeze()).toBe(true);
          await expectStill(daemon);
          expect(daemon.grip.isFrozenByOthers()).toBe(false);
          expect(daemon.grip.thaw()).toBe(true);
          await untilAllMove(daemon, NAMES);
          expect(daemon.grip.isFrozen()).toBe(false);
        }));

      it('is ended whole by kill, running or frozen', () =>
        inHall(FAMILY, NAMES, async ({ grip }) => {
          grip.freeze();
          await until(() => {
            grip.kill();
            return grip.refresh() === 0;
          });
          expect(grip.isFrozenByOthers()).toBe(false);
        }));

      it('hears TERM though it was frozen, and who ignores it is left for kill', () =>
        inHall(FAMILY, NAMES, async ({ grip, has, pidOf }) => {
          grip.freeze();
          await until(() => grip.isFrozen());
          grip.terminate();
          await until(() => has('told'));
          grip.survey();
          expect(grip.members()).toContain(pidOf('deaf'));
          await until(() => {
            grip.kill();
            return grip.refresh() === 0;
          });
        }));

      it('leaves stopped what somebody else has stopped', () =>
        inHall('(beat child) & beat main', ['child', 'main'], async (daemon) => {
          const child = daemon.pidOf('child');
          process.kill(child, 'SIGSTOP');
          await until(() => stateOf(child) === 'T');
          daemon.grip.freeze();
          await until(() => daemon.grip.isFrozen());
          daemon.grip.thaw();
          await untilAllMove(daemon, ['main']);
          // On its way out of the freezer it is awake for a moment, to stop again.
          await until(() => stateOf(child) === 'T');
        }));

      it('is still held after it became another program, and after a successor took its place', () =>
        inHall('(beat successor) & beat main', ['successor', 'main'], async (daemon) => {
          process.kill(daemon.pid, 'SIGKILL');
          daemon.grip.survey();
          daemon.grip.freeze();
          await expectStill(daemon);
          daemon.grip.thaw();
          await untilAllMove(daemon, ['successor']);
          expect(daemon.grip.members()).toContain(daemon.pidOf('successor'));
        }));

      it('has a grip that can rehearse while it runs', () =>
        inHall('beat main', ['main'], async ({ grip }) => {
          expect(grip.rehearse()).toEqual({ ok: true, value: undefined });
        }));
    },
  );
}

const CGROUPS = [
  { kind: 'unified', mount: UNIFIED, file: 'cgroup.freeze', on: '1', off: '0' },
  { kind: 'legacy-freezer', mount: FREEZER, file: 'freezer.state', on: 'FROZEN', off: 'THAWED' },
] as const;

for (const { kind, mount, file, on, off } of CGROUPS) {
  const probe = makeHall(kind);
  probe?.remove();
  describe.runIf(isMet(probe !== null, `no writable hierarchy for ${kind}`))(`a grip by ${kind}`, () => {
    it('rehearses the whole act in an empty cgroup, and leaves it thawed', () => {
      const hall = makeHall(kind) as Hall;
      const grip = openGrip({ home: hall.home, traits: { sessionId: null, cookie: null } });
      const rehearsed = grip.rehearse();
      const isFrozen = grip.isFrozen();
      grip.close();
      hall.remove();
      expect(rehearsed).toEqual({ ok: true, value: undefined });
      expect(isFrozen).toBe(false);
    });

    it('whose cgroup is gone says so at rehearsal, and every act is false', () => {
      const hall = makeHall(kind) as Hall;
      const grip = openGrip({ home: hall.home, traits: { sessionId: null, cookie: null } });
      hall.remove();
      expect(grip.rehearse().ok).toBe(false);
      expect([grip.freeze(), grip.thaw(), grip.kill(), grip.isFrozen(), grip.refresh()]).toEqual([
        false,
        false,
        false,
        false,
        -1,
      ]);
      grip.close();
    });

    it('knows a freeze by somebody else, here or above, from its own', async () => {
      const parent = join(mount ?? '', `syncguard-above-${process.pid}`);
      const directory = join(parent, 'daemon');
      mkdirSync(parent);
      mkdirSync(directory);
      const room = {
        directory,
        kind: kind === 'unified' ? 'unified' : 'freezer',
        brake: 'none',
        isLimited: false,
      } as const;
      const home = { rooms: [room], brake: { kind: 'none', reason: '' }, isLimited: false } as const;
      const grip = openGrip({ home, traits: { sessionId: null, cookie: null } });
      const seen: Record<string, boolean[]> = {};
      const look = (moment: string): void => {
        seen[moment] = [grip.isFrozen(), grip.isFrozenByOthers()];
      };
      look('calm');
      writeFileSync(join(parent, file), on);
      look('frozen above');
      grip.freeze();
      look('frozen above and by us');
      writeFileSync(join(parent, file), off);
      look('by us');
      grip.thaw();
      writeFileSync(join(directory, file), on);
      look('here by somebody else');
      writeFileSync(join(directory, file), off);
      grip.close();
      rmdirSync(directory);
      rmdirSync(parent);
      expect(seen).toEqual({
        calm: [false, false],
        'frozen above': [true, true],
        'frozen above and by us': [true, true],
        'by us': [true, false],
        'here by somebody else': [true, true],
      });
    });

    it('lists and ends more processes than one page of the kernel tells', async () => {
      const hall = makeHall(kind) as Hall;
      const grip = openGrip({ home: hall.home, traits: { sessionId: null, cookie: null } });
      const many = 1_000;
      const shell = spawn('sh', [
        '-c',
        `echo $$ >'${hall.directory}/cgroup.procs'; i=1; while [ $i -lt ${many} ]; do sleep 600 & i=$((i+1)); done; wait`,
      ]);
      await until(() => {
        grip.survey();
        return grip.members().length === many;
      });
      grip.kill();
      await once(shell, 'exit');
      await until(() => grip.refresh() === 0);
      grip.close();
      hall.remove();
    });
  });
}

describe('a daemon of which nothing is left', () => {
  it('is held by signals that find nobody', () => {
    const { home } = makeHall('signals') as Hall;
    const grip = openGrip({ home, traits: { sessionId: null, cookie: 'of nobody' } });
    grip.survey();
    expect([grip.refresh(), grip.freeze(), grip.kill()]).toEqual([0, true, true]);
    expect(grip.reason).toBe('no cgroup that could be frozen');
  });
});
