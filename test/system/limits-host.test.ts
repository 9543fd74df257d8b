// Cgroups of this machine, filled for real.
import { afterAll, describe, expect, it } from 'vitest';
import { syncguard } from '../support/binary.ts';
import { makeContainer } from '../support/container.ts';
import { start } from '../support/ending.ts';
import { isMet } from '../support/need.ts';

const LIMIT_BYTES = 16 * 1024 * 1024;
const containers = ['limits-full', 'limits-empty'].map((name) => makeContainer(name, LIMIT_BYTES));
afterAll(() => {
  for (const container of containers) container?.remove();
});
/** dd has filled its buffer when its reader has the first byte, and then waits for it with all of it. */
const FILL = 'dd if=/dev/zero bs=9M count=1 status=none | { head -c 1 >/dev/null; echo up; sleep 60; }';

interface Subject {
  readonly subject: string;
  readonly fullest: { readonly share: number } | null;
}

describe.runIf(isMet(!containers.includes(null), 'no writable v1 memory hierarchy: no cgroups to list'))(
  'limits --host',
  () => {
    it('lists the cgroups of this machine, least headroom first', async ({ onTestFinished }) => {
      const [program = '', ...words] = containers[0]!.enter;
      const holder = start(program, [...words, 'sh', '-c', FILL], { detached: true });
      onTestFinished(async () => {
        process.kill(-holder.pid, 'SIGKILL');
        await holder.ended;
      });
      await holder.seen('up');
      const { stdout } = syncguard(['limits', '--host', '--json', 'memory']);
      const subjects: Subject[] = JSON.parse(stdout).subjects;
      const shares = subjects.map(({ fullest }) => fullest?.share ?? -1);
      expect(shares).toEqual([...shares].sort((a, b) => b - a));
      const placeOf = (name: string): number =>
        subjects.findIndex(({ subject }) => subject.endsWith(`/${name}-${process.pid}`));
      expect(shares[placeOf('limits-full')]).toBeGreaterThan(0.5);
      expect(placeOf('limits-full')).toBeLessThan(placeOf('limits-empty'));
      expect(syncguard(['limits', '--host', 'memory']).stdout).toMatch(
        /limits-full-\d+ on cgroup1.*\n.*\n {2}memory \S*limits-full-\d+ +(9|10)\.\d MiB/,
      );
    });
  },
);
