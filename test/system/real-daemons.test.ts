// The estimate held against the daemons themselves: a real tree, cold, in a memory cgroup of its own.
// With SYNCGUARD_BENCH set: 50 000 files too, and files of several pages, which the projection does not know of.
import { beforeAll, describe, expect, it } from 'vitest';
import { hasProgram } from '../support/need.ts';
import { whyNoProbe } from '../support/probe.ts';
import { DAEMON_KINDS } from '../support/real-daemon-kinds.ts';
import {
  type Comparison,
  type DaemonReading,
  readDaemon,
  type TreeSize,
} from '../support/real-daemon-reading.ts';

const isBench = process.env['SYNCGUARD_BENCH'] !== undefined;
const SIZES: readonly TreeSize[] = [5000, 20_000, ...(isBench ? [50_000] : [])].map((files) => ({
  files,
  fileBytes: 100,
}));
const KERNEL_SHARE = 0.1;
const ANONYMOUS_SHARE = 0.25;

function whyNot(): string | null {
  const missing = ['syncthing', 'lsyncd', 'fsfreeze'].filter((name) => !hasProgram(name));
  return missing.length > 0 ? `not installed: ${missing.join(' ')}` : whyNoProbe();
}

const reason = whyNot();

describe('real daemons', () => {
  if (reason === null) return measured();
  it('are measured wherever tests must count', () => {
    console.log(`SKIPPED: ${reason}`);
    expect(process.env['CI'], 'CI must hold the estimate against the daemons').toBeUndefined();
  });
});

function measured(): void {
  describe.each(DAEMON_KINDS)('$id', (kind) => {
    describe.each(SIZES)('on $files files', (size) => {
      let reading: DaemonReading;

      beforeAll(async () => {
        reading = await readDaemon(kind, size);
        print(`${kind.id} ${size.files} files of ${size.fileBytes} bytes`, reading);
      });

      it('is charged the kernel memory that is projected', () => {
        expect(errorOf(reading.kernelPeak), tell(reading.kernelPeak)).toBeLessThan(KERNEL_SHARE);
      });

      it('pins what is projected: reclaim takes everything else', () => {
        expect(errorOf(reading.pinned), tell(reading.pinned)).toBeLessThan(KERNEL_SHARE);
      });

      it('watches exactly the directories that are counted', () => {
        expect(reading.watches.found).toBe(reading.watches.projected);
      });

      it('needs about the memory of its own that is projected', () => {
        expect(errorOf(reading.anonymous), tell(reading.anonymous)).toBeLessThan(ANONYMOUS_SHARE);
      });
    });
  });
}

const errorOf = ({ projected, found }: Comparison): number => Math.abs(projected - found) / found;
const tell = ({ projected, found }: Comparison): string =>
  `projected ${Math.round(projected)}, found ${found}`;

function print(title: string, reading: DaemonReading): void {
  const rows = Object.entries(reading).map(([what, { projected, found }]: [string, Comparison]) => {
    const error = `${((projected / found - 1) * 100).toFixed(1)} %`;
    return `  ${what.padEnd(10)} projected ${Math.round(projected)}, found ${found}: ${error}`;
  });
  console.log([title, ...rows].join('\n'));
}
