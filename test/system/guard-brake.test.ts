// The brake on a real v1 hierarchy, asked for by the real gate on a real tree that touches five times its room.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { walkInRoom } from '../support/guarded-daemon-brake.ts';
import { compilePrograms, type Programs, parseWalk } from '../support/guarded-daemon-programs.ts';
import { makeColdWithWarmBlocks, plantWide } from '../support/guarded-daemon-tree.ts';
import { isMet } from '../support/need.ts';
import { whyNoProbe } from '../support/probe.ts';
import type { PlantedPlace } from '../support/real-daemon-tree.ts';

const FILES = 60_000;
const DIRECTORIES = 60;
/**
 * A charge that is not of a page fault is refused where it would have to wait: 0 to 6 of 60 000 calls on Linux 6.18, 172 once
 * beside four other test files on two cores.
 */
const MOST_REFUSED = FILES / 100;
const RUNS = 3;

const lack = whyNoProbe();

describe.runIf(isMet(lack === null, lack ?? ''))('a walker whose tree is five times its room', () => {
  let programs: Programs;
  let place: PlantedPlace;
  let otherPlace: PlantedPlace;
  beforeAll(() => {
    programs = compilePrograms();
    place = plantWide(FILES);
    otherPlace = plantWide(FILES);
  });
  afterAll(() => {
    otherPlace[Symbol.dispose]();
    place[Symbol.dispose]();
    programs[Symbol.dispose]();
  });

  it.each(Array.from({ length: RUNS }, (_, run) => run + 1))(
    'finishes under the brake, and tells what was refused to it: run %i',
    async () => {
      makeColdWithWarmBlocks(place);
      const { outcome, oomKills, text } = await walkInRoom({ place, programs, way: 'stat', isGuarded: true });
      expect(text).toMatch(/limit 24\.0 MiB, waiting at it, guard .*\. Starts throttled: /);
      expect([outcome, oomKills]).toEqual(['finished', 0]);
      const walk = parseWalk(text);
      expect(walk).toMatchObject({ entries: FILES + DIRECTORIES, unlisted: 0 });
      expect(walk?.refused).toBe(walk?.enomem);
      expect(walk?.refused).toBeLessThanOrEqual(MOST_REFUSED);
    },
  );

  it('is ended where the excess is pinned, by watches or by open files', async () => {
    const isEnded = async (way: 'watch' | 'open', place: PlantedPlace): Promise<void> => {
      makeColdWithWarmBlocks(place);
      const { outcome, oomKills, text } = await walkInRoom({ place, programs, way, isGuarded: true });
      expect([outcome, oomKills], text).toEqual(['stopped', 0]);
      expect(text).toMatch(
        /walker was stopped at memory: 2[34]\.\d MiB of 24\.0 MiB held, and nothing of it came free/,
      );
    };
    // Both at once: each waits half a minute at its wall before it is ended.
    await Promise.all([isEnded('watch', place), isEnded('open', otherPlace)]);
  });
});
