// One run of one cell, as one row of results.
import { MiB } from '../../../src/domain/units.ts';
import { plantBeside, runBeside } from '../../support/guarded-daemon-beside.ts';
import { walkInRoom } from '../../support/guarded-daemon-brake.ts';
import type { Probing } from '../../support/guarded-daemon-prober.ts';
import { type Programs, parseWalk, type Walk } from '../../support/guarded-daemon-programs.ts';
import type { RunOutcome } from '../../support/guarded-daemon-run.ts';
import { makeColdWithWarmBlocks, plantWide } from '../../support/guarded-daemon-tree.ts';
import type { PlantedPlace } from '../../support/real-daemon-tree.ts';
import { type Cell, WALK_FILES } from './cells.ts';

/** The installed program: a copy, so that a build does not pull it away. */
const BINARY = process.env['SYNCGUARD_BINARY'] ?? 'bin/syncguard';
const LONGEST_MS = 120_000;

export interface Row extends Omit<RunOutcome, 'text'> {
  readonly name: string;
  /** What syncguard said, and the daemon's own words on why it ended. */
  readonly said: readonly string[];
  readonly walk: Walk | null;
  readonly probing: Probing | null;
  /** Files at the target; null: there is none. */
  readonly copied: number | null;
}

export interface Bench extends Disposable {
  run(name: string, cell: Cell): Promise<Row>;
}

/** Each tree is planted once, when the first cell asks for it. */
export function openBench(programs: Programs): Bench {
  let wide: PlantedPlace | null = null;
  const libraries = new Map<number, PlantedPlace>();
  return {
    async run(name, cell) {
      if (cell.kind === 'walk') {
        wide ??= plantWide(WALK_FILES);
        makeColdWithWarmBlocks(wide);
        const isGuarded = cell.mode === 'guarded';
        const ended = await walkInRoom({
          place: wide,
          programs,
          way: cell.way,
          isGuarded,
          binary: BINARY,
        });
        return { name, ...toldOf(ended), walk: parseWalk(ended.text), probing: null, copied: null };
      }
      const library = libraries.get(cell.files) ?? plantBeside(cell.files);
      libraries.set(cell.files, library);
      const containerBytes = cell.containerMib * MiB;
      const ended = await runBeside({
        ...cell,
        place: library,
        programs,
        containerBytes,
        binary: BINARY,
        longestMs: LONGEST_MS,
      });
      return { name, ...toldOf(ended), walk: null, probing: ended.probing, copied: ended.copied };
    },
    [Symbol.dispose]: () => {
      wide?.[Symbol.dispose]();
      for (const library of libraries.values()) library[Symbol.dispose]();
    },
  };
}

function toldOf(ended: RunOutcome): Omit<RunOutcome, 'text'> & Pick<Row, 'said'> {
  const { outcome, elapsedMs, status, signal, oomKills, hits, text } = ended;
  return { outcome, elapsedMs, status, signal, oomKills, hits, said: saidIn(text) };
}

/** Without the paths of the day, and no longer than tells the reason. */
const LONGEST_LINE = 300;
const MOST_LINES = 12;
const saidIn = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => /syncguard: |Cannot allocate memory|Error: |not retrying/.test(line))
    .map((line) => line.replaceAll(/\/(tmp|process_api)\/[^ :]*\//g, '.../').slice(0, LONGEST_LINE))
    .slice(0, MOST_LINES);
