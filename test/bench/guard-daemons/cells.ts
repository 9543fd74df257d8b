// Every cell of the bench: what runs, in how large a container, how often, bare or guarded.

export type Mode = 'bare' | 'guarded' | 'overruled';

export interface DaemonCell {
  readonly kind: 'daemon';
  readonly daemon: 'syncthing' | 'lsyncd' | 'rclone';
  readonly containerMib: number;
  /** overruled: the gate's refusal too (--on-refuse start), so that the guard alone stands at the wall. */
  readonly mode: Mode;
  /** Of its tree. */
  readonly files: number;
  readonly runs: number;
}

export interface WalkCell {
  readonly kind: 'walk';
  readonly way: 'stat' | 'watch' | 'open';
  readonly mode: 'bare' | 'guarded';
  readonly runs: number;
}

export type Cell = DaemonCell | WalkCell;

const FILES = 50_000;
/** What a container below 64 MiB may be asked to hold. */
const FEW_FILES = 3_000;
export const WALK_FILES = 60_000;

const daemonCells = (
  daemon: DaemonCell['daemon'],
  containers: readonly number[],
  modes: readonly Mode[],
  { runs, files = FILES }: { readonly runs: number; readonly files?: number },
): DaemonCell[] =>
  containers.flatMap((containerMib) =>
    modes.map((mode) => ({ kind: 'daemon' as const, daemon, containerMib, mode, files, runs })),
  );

export const CELLS: readonly Cell[] = [
  { kind: 'walk', way: 'stat', mode: 'bare', runs: 20 },
  { kind: 'walk', way: 'stat', mode: 'guarded', runs: 20 },
  ...daemonCells('lsyncd', [40, 48, 64, 96], ['bare', 'guarded', 'overruled'], { runs: 2 }),
  ...daemonCells('lsyncd', [16, 32], ['bare'], { runs: 6 }),
  ...daemonCells('lsyncd', [256], ['bare', 'guarded'], { runs: 2 }),
  ...daemonCells('lsyncd', [40, 48], ['bare', 'guarded'], { runs: 2, files: FEW_FILES }),
  ...daemonCells('rclone', [48, 64, 96, 128], ['bare', 'guarded'], { runs: 1 }),
  ...daemonCells('rclone', [64], ['overruled'], { runs: 1 }),
  ...daemonCells('syncthing', [64], ['bare', 'guarded', 'overruled'], { runs: 1 }),
  ...daemonCells('syncthing', [128], ['bare', 'guarded'], { runs: 1 }),
  ...daemonCells('syncthing', [192], ['bare', 'guarded'], { runs: 3 }),
  { kind: 'walk', way: 'watch', mode: 'guarded', runs: 3 },
  { kind: 'walk', way: 'open', mode: 'guarded', runs: 3 },
];

/** Its name in the results; a run that is there is not made again. */
export const nameOf = (cell: Cell, run: number): string =>
  cell.kind === 'walk'
    ? `walk-${cell.way} ${cell.mode} ${run}`
    : `${cell.daemon}${cell.files === FILES ? '' : `/${cell.files}`} ${cell.containerMib} ${cell.mode} ${run}`;
