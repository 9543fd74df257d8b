// The laws of a daemon that copies a tree, under the guard and beside another program: as many tests as it has outcomes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MiB } from '../../src/domain/units.ts';
import { plantBeside, runBeside } from './guarded-daemon-beside.ts';
import type { Probing } from './guarded-daemon-prober.ts';
import { compilePrograms, type Programs } from './guarded-daemon-programs.ts';
import { hasProgram, isMet } from './need.ts';
import { whyNoProbe } from './probe.ts';
import type { PlantedPlace } from './real-daemon-tree.ts';

const FILES = 5000;
const LONGEST_MS = 90_000;
/** Ample: below 48 MiB the gate itself is killed on some runs, which is another verdict. */
const CONTAINER_BYTES: number = 128 * MiB;

export function describeCopying(daemon: 'lsyncd' | 'rclone'): void {
  const lack = hasProgram(daemon) ? whyNoProbe() : `${daemon} is not installed`;
  describe.runIf(isMet(lack === null, lack ?? ''))(`${daemon} under the guard`, () => {
    let programs: Programs;
    let place: PlantedPlace;
    beforeAll(() => {
      programs = compilePrograms();
      place = plantBeside(FILES);
    });
    afterAll(() => {
      place[Symbol.dispose]();
      programs[Symbol.dispose]();
    });
    const run = (...options: readonly string[]): ReturnType<typeof runBeside> =>
      runBeside({
        place,
        programs,
        daemon,
        containerBytes: CONTAINER_BYTES,
        mode: 'guarded',
        options,
        longestMs: LONGEST_MS,
      });

    it('copies the whole tree where it fits, and what runs beside it is refused nothing', async () => {
      const { outcome, oomKills, copied, probing, text } = await run();
      expect([outcome, oomKills, copied], text).toEqual(['finished', 0, FILES]);
      expectUnhindered(probing);
    });

    it('is refused with the reason where it does not fit, before it has copied anything', async () => {
      const { outcome, oomKills, copied, probing, text } = await run('--barrier', 'memory=16M');
      expect([outcome, oomKills, copied], text).toEqual(['refused', 0, 0]);
      expect(text).toMatch(/^syncguard: Does not fit: .+\nhint: syncguard fit --daemon /);
      expectUnhindered(probing);
    });
  });
}

function expectUnhindered({ rounds, fork, open, killedBy }: Probing): void {
  expect(rounds).toBeGreaterThan(0);
  expect([fork.failures, open.failures, killedBy]).toEqual([0, 0, null]);
}
