// A guard on a kernel of its own with cgroup v2, in units of systemd: pause, lease, throttle and stop.
// Nothing here asserts a time, or looks at anything that could be over: a story reads what a law needs in one go.
import { beforeAll, describe, expect, it } from 'vitest';
import { MiB } from '../../src/domain/units.ts';
import { bootGuest, canHaveGuest } from '../guest/guest.ts';
import { type Seen, tellStories } from '../guest/stories.ts';

/** Boot, build where there is none, and all stories: 2 min on an idle machine. */
const TOLD_TIMEOUT_MS = 900_000;

const STORIES = {
  forsaken: `
    kill_mode=process
    begin --lease 9s; await answers
    syncguard pause >&2; await is_frozen 1; saw paused $(<$room/cgroup.events)
    kill -STOP $(main_pid); await is_frozen 0; saw silent $(<$room/cgroup.events)
    kill -CONT $(main_pid); syncguard resume >&2
    syncguard pause >&2; await is_frozen 1; saw paused_again $(<$room/cgroup.events)
    systemctl kill --kill-whom=main -s KILL $name; await is_frozen 0; saw killed $(<$room/cgroup.events)
    kill $(<$room/cgroup.procs)`,
  swept: `
    begin; await answers
    syncguard pause >&2; await is_frozen 1; saw paused $(<$room/cgroup.events)
    systemctl kill --kill-whom=main -s KILL $name; await '! [ -d $unit ]'
    saw ended $(systemctl show --property Result --value $name); saw left $(count_members)`,
  stopped: `
    begin; await answers
    syncguard pause >&2; await is_frozen 1; saw paused $(<$room/cgroup.events)
    systemctl stop $name
    saw ended $(systemctl show --property Result --value $name); saw left $(count_members)`,
  throttled: `
    truncate -s 100M /var/tmp/$name.file
    begin --throttle-at 25% --pause-at 60% --stop-at 99%; await answers
    former=$(<$room/memory.high)
    cue cache 90 /var/tmp/$name.file; await '[ $(<$room/memory.current) -gt $((90 << 20)) ]'
    cue hold 70; await told 1 is slowed down; saw state $(state)
    await '[ $(<$room/memory.high) -lt $former ]'; saw lowered $former $(<$room/memory.high)
    await '[ $(<$room/memory.current) -lt $((120 << 20)) ]'; saw reclaimed $(<$room/memory.current)
    for turn in 1 2 3; do await is_frozen 1; await is_frozen 0; done; saw turns $turn
    systemctl stop $name`,
  filled: `
    begin; await answers
    cue hold 400; await '[ $(<$room/memory.current) -ge $(<$room/memory.high) ]'; await is_frozen 1
    saw held $(<$room/memory.high) $(<$room/memory.current) $(<$room/memory.max)
    saw oom $(grep oom_kill $room/memory.events)
    systemctl stop $name`,
} as const;

describe.runIf(canHaveGuest())('a guard on cgroup v2 under systemd', () => {
  let seen: Readonly<Record<keyof typeof STORIES, Seen>>;
  beforeAll(async () => {
    const guest = await bootGuest();
    try {
      seen = await tellStories(guest, STORIES);
    } finally {
      guest.stop();
    }
  }, TOLD_TIMEOUT_MS);

  it('that is killed does not leave its daemon paused', () => {
    const { paused_again, killed, log } = seen.forsaken;
    expect([paused_again, killed], log).toEqual([FROZEN, THAWED]);
  });

  it('that is stopped in the midst of a pause has it ended by the lease: the daemon goes on', () => {
    const { paused, silent, log } = seen.forsaken;
    expect([paused, silent], log).toEqual([FROZEN, THAWED]);
  });

  it('that systemd kills with its unit leaves nobody, even of a paused daemon', () => {
    const { paused, ended, left, log } = seen.swept;
    expect([paused, ended, left], log).toEqual([FROZEN, 'signal', '0']);
  });

  it('passes the stop of its unit on to a paused daemon, which ends by it', () => {
    const { paused, ended, left, log } = seen.stopped;
    expect([paused, ended, left], log).toEqual([FROZEN, 'success', '0']);
    expect(log).toContain('perl is paused: on request');
  });

  it('throttles by turns of frozen and thawed, and has the cache reclaimed below a lower memory.high', () => {
    const { state, turns, lowered, reclaimed, log } = seen.throttled;
    const [former = 0, high = 0] = numbersIn(lowered);
    expect([state, turns], log).toEqual(['"state":"throttled"', '3']);
    expect(high).toBeLessThan(former);
    // 90 MiB of cache were read, 70 MiB taken.
    expect(numbersIn(reclaimed)[0], log).toBeLessThan((70 + 90 - 30) * MiB);
  });

  it('holds a daemon that fills its own cgroup between brake and limit, where nobody is killed', () => {
    const { held, oom, log } = seen.filled;
    const [high = 0, current = 0, most = 0] = numbersIn(held);
    expect(high, log).toBeGreaterThan(100 * MiB);
    expect(current, log).toBeGreaterThanOrEqual(high);
    expect(current, log).toBeLessThan(most);
    expect(oom, log).toMatch(/^oom_kill 0\b/);
  });
});

const FROZEN = 'populated 1 frozen 1';
const THAWED = 'populated 1 frozen 0';

const numbersIn = (text: string | undefined): number[] => (text ?? '').split(' ').map(Number);
