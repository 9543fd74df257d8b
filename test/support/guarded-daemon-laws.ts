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

export interface CopyLaws {
  readonly daemon: 'lsyncd' | 'rclone';
  /** Containers in which it fits, and in which it does not. */
  readonly ampleMib: number;
  readonly scarceMib: number;
}

export function describeCopying({ daemon, ampleMib, scarceMib }: CopyLaws): void {
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
    const run = (mib: number): ReturnType<typeof runBeside> =>
      runBeside({
        place,
        programs,
        daemon,
        containerBytes: mib * MiB,
        mode: 'guarded',
        longestMs: LONGEST_MS,
      });

    it('copies the whole tree where it fits, and what runs beside it is refused nothing', async () => {
      const { outcome, oomKills, copied, probing, text } = await run(ampleMib);
      expect([outcome, oomKills, copied], text).toEqual(['finished', 0, FILES]);
      expectUnhindered(probing);
    });

    it('is refused with the reason where it does not fit, before it has copied anything', async () => {
      const { outcome, oomKills, copied, probing, text } = await run(scarceMib);
      expect([outcome, oomKills, copied], text).toEqual(['refused', 0, 0]);
      expect(text).toMatch(/^syncguard: Does not fit: .+\nhint: syncguard estimate --daemon /);
      expectUnhindered(probing);
    });
  });
}

function expectUnhindered({ rounds, fork, open, killedBy }: Probing): void {
  expect(rounds).toBeGreaterThan(0);
  expect([fork.failures, open.failures, killedBy]).toEqual([0, 0, null]);
}
