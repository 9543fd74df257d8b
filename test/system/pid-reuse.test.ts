// A pid that was the daemon's is given to somebody else.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { hasProgram, isMet, isWritable } from '../support/need.ts';
import { bundleProgram } from '../support/scripted-daemon-bundle.ts';
import type { ReuseOrder, ReuseTally } from '../support/scripted-daemon-reuse.ts';

const NAMESPACE = ['unshare', '--pid', '--fork', '--mount-proc'] as const;
const canChoosePids =
  hasProgram('unshare') && process.getuid?.() === 0 && isWritable('/proc/sys/kernel/ns_last_pid');

describe.runIf(isMet(canChoosePids, 'no pid namespace in which pids can be chosen'))('a stranger', () => {
  it('who was given the pid of an ended process is never stopped, told or ended for it', async () => {
    const order: ReuseOrder = {
      gripRounds: Number(process.env['SYNCGUARD_ROUNDS'] ?? 200),
      keeperRounds: 3,
    };
    const [unshare, ...flags] = NAMESPACE;
    const program = await bundleProgram('scripted-daemon-reuse');
    const ended = spawnSync(unshare, [...flags, process.execPath, program, JSON.stringify(order)], {
      encoding: 'utf8',
    });
    expect(ended.stderr).toBe('');
    const tally: ReuseTally = JSON.parse(ended.stdout);
    expect([tally.gripHarmed, tally.keeperHarmed]).toEqual([0, 0]);
    // Node itself may fork a thread in between, which takes the pid.
    expect(tally.gripReused).toBeGreaterThan(order.gripRounds / 2);
    expect(tally.keeperReused).toBeGreaterThan(0);
  });
});
