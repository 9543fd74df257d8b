// The daemon's own cgroup and its brake, on a real v1 memory hierarchy.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../src/domain/policy.ts';
import { MiB, ratio } from '../../src/domain/units.ts';
import type { GateRecord } from '../../src/formats/gate-record.ts';
import { unknownTerms } from '../../src/sentinel/guard-parts.ts';
import { type Container, makeContainer } from '../support/container.ts';
import { type Ended, runToEnd } from '../support/ending.ts';
import { gateAnswering, type Installation, install } from '../support/installation.ts';
import { isMet } from '../support/need.ts';

const container: Container | null = makeContainer('syncguard-test-brake', 256 * MiB);
afterAll(() => container?.remove());

const BRAKED: Partial<GateRecord> = {
  verdict: 'throttle',
  reason: 'touched-braked',
  binding: 'memory',
  ownLimitBytes: 16 * MiB,
  message: 'Fits under a brake.',
};

/** A freeze that comes in time must still stand in the stop band: what is frozen grows no further. */
const STOPPED: Partial<GateRecord> = {
  ...BRAKED,
  terms: { ...unknownTerms(), policy: { ...DEFAULT_POLICY, pauseAt: ratio(0.899), stopAt: ratio(0.9) } },
};

async function runInside(record: Partial<GateRecord>, ...words: string[]): Promise<Ended> {
  const installation = await install(gateAnswering(record));
  const [shell = '', ...enter] = container!.enter;
  const ended = await runToEnd(shell, [...enter, installation.program, 'run', ...words]);
  installation.remove();
  return ended;
}

describe.runIf(isMet(container !== null, 'no writable v1 memory hierarchy: no brake to try'))(
  'in a container',
  () => {
    it('an admitted daemon has a limit of its own, is found in its cgroups, and nothing of them is left', async () => {
      const limit = `cat ${container!.directory}/syncguard-*/memory.limit_in_bytes`;
      const oom = `cat ${container!.directory}/syncguard-*/memory.oom_control`;
      const { stdout, stderr } = await runInside(
        { ownLimitBytes: 64 * MiB + 123.5 },
        'sh',
        '-c',
        `grep -E "memory|freezer" /proc/self/cgroup; ${limit}; ${oom}`,
      );
      expect(stdout).toMatch(/:memory:.*\/syncguard-test-brake-\d+\/syncguard-\d+$/m);
      expect(stdout).toMatch(/:freezer:.*\/syncguard-\d+$/m);
      expect(stdout).toContain(`${64 * MiB}\n`);
      expect(stdout).toContain('oom_kill_disable 0');
      expect(stderr).toMatch(/in a cgroup of its own, limit 64\.0 MiB, guard .*\. It fits\./);
      expect(container!.children()).toEqual([]);
    });

    it('a daemon that touches five times its room finishes, waiting instead of being killed', async () => {
      const tree = makeTree(60_000);
      const { status, stdout, stderr } = await runInside(
        BRAKED,
        'sh',
        '-c',
        `find '${tree}' -links +5 | wc -l`,
      );
      rmSync(tree, { recursive: true });
      expect(stderr).toMatch(/in a cgroup of its own, limit 16\.0 MiB, waiting at it/);
      expect([status, stdout.trim()]).toEqual([0, '1']);
      expect(container!.children()).toEqual([]);
    });

    it('a daemon whose memory cannot be reclaimed is paused, then ended: 75, and why', async () => {
      const { status, stderr } = await runInside(STOPPED, 'tail', '/dev/zero');
      expect(status).toBe(75);
      expect(stderr).toMatch(/stopping tail: memory \d+ of 16777216/);
      expect(stderr).toMatch(/tail was stopped at memory: 1[4-6]\.\d MiB of 16\.0 MiB\nhint: syncguard why/);
      expect(container!.read('memory.oom_control')).toContain('oom_kill 0');
      expect(container!.children()).toEqual([]);
    });

    it('under --preserve-status its own end is told', async () => {
      const ended = await runInside(STOPPED, '--preserve-status', 'tail', '/dev/zero');
      expect(ended).toMatchObject({ status: null, signal: 'SIGTERM' });
    });

    it('a daemon that takes a refused call for a deletion is not made to wait: refused, and told why', async () => {
      const { status, stdout, stderr } = await runInside(
        { ...BRAKED, enomemSafe: false, profile: 'p' },
        'echo',
        'started',
      );
      expect([status, stdout]).toEqual([75, '']);
      expect(stderr).toContain('p may take a refused call for a deletion');
      expect(container!.children()).toEqual([]);
    });

    it('a daemon that may not be made to wait, and is let in all the same, has no limit to be killed at', async () => {
      const { stdout, stderr } = await runInside(
        { ...BRAKED, verdict: 'refuse', enomemSafe: false, profile: 'p' },
        ...['--on-refuse', 'start', 'sh', '-c'],
        `cat ${container!.directory}/syncguard-*/memory.limit_in_bytes`,
      );
      expect(Number(stdout)).toBeGreaterThan(256 * MiB);
      expect(stderr).toContain('no memory limit of its own: p may not wait at one');
    });

    it('a limit that cannot be set is said in the start line, and the daemon starts without', async () => {
      const { status, stdout, stderr } = await runInside({ ownLimitBytes: -5 }, 'echo', 'started');
      expect([status, stdout]).toEqual([0, 'started\n']);
      expect(stderr).toContain("no cgroup of its own: the container's limit leaves nothing");
    });

    it('empty cgroups of a guard that was killed are removed by the next one', async () => {
      mkdirSync(join(container!.directory, 'syncguard-4194304'));
      await runInside({ ownLimitBytes: 64 * MiB }, 'true');
      expect(container!.children()).toEqual([]);
    });
  },
);

describe('without permission to make cgroups', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await install(gateAnswering(BRAKED));
  });
  afterAll(() => installation.remove());

  it.runIf(isMet(process.getuid?.() === 0, 'not root: no other user to become'))(
    'a daemon that needs a brake is refused, and told which permission would change that',
    async () => {
      const ended = await runToEnd(
        'setpriv',
        ['--reuid=65534', '--regid=65534', '--clear-groups', installation.program, 'run', 'echo', 'started'],
        { env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' } },
      );
      expect([ended.status, ended.stdout]).toEqual([75, '']);
      expect(ended.stderr).toMatch(
        /no brake could be set: .* may not be written \(EACCES\); .* would allow one/,
      );
    },
  );
});

/** Each name costs a dentry and an inode: about 1.3 KB on ext4. */
function makeTree(files: number): string {
  const root = mkdtempSync(join(tmpdir(), 'syncguard-brake-'));
  for (let index = 0; index < files; index += 1) {
    const directory = join(root, String(index % 60));
    if (index < 60) mkdirSync(directory);
    writeFileSync(join(directory, String(index)), '');
  }
  return root;
}
