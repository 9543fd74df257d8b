// Prints predicted against charged for every filesystem, shape, size and pattern: how to run it is in README.md.
import { readFileSync } from 'node:fs';
import { type Comparison, compare, plantAndCount, runningConstants } from '../support/accuracy.ts';
import { Probe, type ProbePattern, whyNoProbe } from '../support/probe.ts';
import { type ScratchKind, ScratchMount } from '../support/scratch-mount.ts';
import { SHAPES, type Shape } from '../support/shapes.ts';

const SIZES = (process.env['ENTRIES'] ?? '5000,20000,50000,200000').split(',').map(Number);
const KINDS: readonly ScratchKind[] = ['ext4', 'xfs', 'btrfs', 'overlay'];
const USES: readonly Exclude<ProbePattern, 'mirror'>[] = [
  'walk',
  'stat',
  'watch-directories',
  'watch-entries',
  'hold',
];

interface Row extends Comparison {
  readonly kind: ScratchKind;
  readonly shape: Shape;
  readonly entries: number;
  readonly use: string;
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(3).padStart(9);
const errorPercent = ({ predictedBytes, chargedBytes }: Comparison): number =>
  chargedBytes === 0 ? 0 : (predictedBytes / chargedBytes - 1) * 100;

function print(row: Row): void {
  const place = `${row.kind.padEnd(8)} ${row.shape.padEnd(13)} ${String(row.entries).padStart(7)} ${row.use.padEnd(18)}`;
  const figures = `${row.what.padEnd(10)} ${megabytes(row.predictedBytes)} ${megabytes(row.chargedBytes)}`;
  console.log(`${place} ${figures} ${errorPercent(row).toFixed(2).padStart(7)} %`);
}

/** inotify's own limit of this user bounds what can be watched at all. */
const mostWatches = (): number => Number(readFileSync('/proc/sys/fs/inotify/max_user_watches', 'utf8'));

async function measure(kind: ScratchKind, entries: number, probe: Probe): Promise<Row[]> {
  const constants = runningConstants();
  using mount = new ScratchMount(kind, entries * SHAPES.length);
  const rows: Row[] = [];
  for (const shape of SHAPES) {
    const tree = await plantAndCount(mount, constants, { shape, entries });
    for (const use of USES) {
      if (use === 'watch-entries' && entries > mostWatches()) continue;
      for (const comparison of compare({ probe, mount, constants }, tree, use)) {
        const row = { ...comparison, kind, shape, entries, use };
        print(row);
        rows.push(row);
      }
    }
  }
  return rows;
}

/** Small totals are judged in bytes by the test; a mean of percentages is honest only above this. */
const SMALLEST_JUDGED_BYTES = 2_000_000;

function summarize(rows: readonly Row[]): void {
  for (const kind of KINDS) {
    for (const what of ['walked', 'touched', 'pinned', 'pageCache'] as const) {
      const errors = rows
        .filter((row) => row.kind === kind && row.what === what && row.chargedBytes >= SMALLEST_JUDGED_BYTES)
        .map(errorPercent);
      if (errors.length === 0) continue;
      const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
      const worst = errors.reduce((most, error) => (Math.abs(error) > Math.abs(most) ? error : most), 0);
      console.log(
        `${kind.padEnd(8)} ${what.padEnd(10)} n=${String(errors.length).padEnd(3)} mean ${mean.toFixed(2)} %, worst ${worst.toFixed(2)} %`,
      );
    }
  }
}

const reason = whyNoProbe();
if (reason === null) {
  using probe = new Probe();
  const rows: Row[] = [];
  for (const entries of SIZES) for (const kind of KINDS) rows.push(...(await measure(kind, entries, probe)));
  summarize(rows);
} else {
  console.log(`SKIPPED: ${reason}`);
}
