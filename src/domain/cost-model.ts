// From a counted tree to kernel memory: walked, touched, pinned, and the page cache beside them.
// Knows: the objects per name (entry-cost) and what each pattern of use keeps. May not know: walls, or what is held already.
// Checked against the running kernel by test/system/kernel-accuracy.test.ts.

import { type Census, entriesOf, leavesOf, type NameHistogram } from './census.ts';
import type { Costs } from './costs.ts';
import { type EntryCost, entryCost } from './entry-cost.ts';
import type { Filesystem } from './filesystem.ts';
import { ERROR_PERCENT_OF, type KernelConstants } from './kernel-constants.ts';
import { isAtLeast } from './kernel-release.ts';
import {
  METADATA_PAGE_BYTES,
  type MetadataPages,
  metadataPages,
  pageHeadBytes,
  pageIndexNodeBytes,
  pageSlabBytes,
} from './metadata-pages.ts';
import { externalNameTable } from './name-buckets.ts';
import type { Figure, Profile } from './profile.ts';
import { addRanges, type Range, within, ZERO_RANGE } from './units.ts';

/** The part of a profile that decides what stays pinned, and whether file bodies are read. */
export interface PinningPattern extends WatchPattern {
  readonly cost: { readonly openFiles: Pick<Figure, 'value' | 'errorPercent'> };
  readonly scan?: Pick<Profile['scan'], 'readsBodies' | 'dropsBodies'>;
}

interface WatchPattern {
  readonly watch: Pick<Profile['watch'], 'api' | 'per'>;
}

export interface CostInputs {
  readonly census: Census;
  readonly filesystem: Filesystem;
  readonly constants: KernelConstants;
  readonly profile: PinningPattern;
}

/**
 * Kernel memory of one tree on one side, in bytes; `profile.cost.sides` is the caller's to apply. Further names of a
 * hard-linked file count as files of their own (a listing cannot tell), which errs on the dear side.
 */
export function estimateCosts(inputs: CostInputs): Costs {
  const { census, filesystem, constants, profile } = inputs;
  const cost = entryCost(filesystem, constants);
  const names = longNameBytes(census, constants);
  const pages = metadataPages(census, cost.metadata);
  const perPage = pageSlabBytes(cost.metadata, constants);
  const errorPercent = errorPercentOf(filesystem, constants);
  const directories = census.directories * cost.touchedBytes + names.directories * cost.nameCopies;
  const leaves = leavesOf(census) * cost.touchedBytes + names.leaves * cost.nameCopies;
  return {
    walked: within(directories + pages.walked * perPage, errorPercent),
    touched: addRanges(
      within(directories + leaves + pages.touched * perPage, errorPercent),
      bodyIndexBytes(inputs),
    ),
    written: writtenBytes(inputs, cost),
    pinned: addRanges(
      within(watchedBytes(census, cost, profile, names), errorPercent),
      openFilesCost(census, cost, profile, names),
    ),
    pageCache: addRanges(pageCacheOf(cost, pages, constants), bodyPages(inputs)),
  };
}

/**
 * Page index of file bodies. Sizes are not looked at: low, every file is one page and needs none; expected and high, each
 * needs one node, which is the least that files of more than a page do. Syncthing and lsyncd on 5 000 files of 16 KiB: 600 and
 * 770 bytes a file more than of 100 bytes (6.18).
 */
function bodyIndexBytes({ census, constants, filesystem, profile }: CostInputs): Range {
  const isKept = bodiesRead(filesystem, profile) && profile.scan?.dropsBodies !== true;
  const nodes = isKept ? census.files * pageIndexNodeBytes(constants) : 0;
  return { low: 0, expected: nodes, high: nodes };
}

/** The least of a file that needs an index: two. */
const PAGES_OF_A_BODY = 2;

/**
 * What the copy of a file costs more than the file that is read: a head for each page, and the index where reading left none.
 * lsyncd, Unison and rclone on 50 000 files of 8 KiB: 235, 226 and 222 bytes a file and head (ext4, 6.18).
 */
function writtenBytes({ census, constants, filesystem, profile }: CostInputs, cost: EntryCost): Range {
  if (!bodiesRead(filesystem, profile)) return ZERO_RANGE;
  const index = profile.scan?.dropsBodies === true ? pageIndexNodeBytes(constants) : 0;
  const heads = PAGES_OF_A_BODY * pageHeadBytes(cost.metadata, constants);
  const bytes = census.files * (heads + index);
  return { low: 0, expected: bytes, high: bytes };
}

/** The least of them, one page each; all of it reclaimable. */
function bodyPages({ census, filesystem, profile }: CostInputs): Range {
  const bytes = bodiesRead(filesystem, profile) ? census.files * METADATA_PAGE_BYTES : 0;
  return { low: 0, expected: bytes, high: bytes };
}

/** Files of tmpfs are in memory whoever reads them. */
export const bodiesRead = (filesystem: Filesystem, { scan }: PinningPattern): boolean =>
  scan?.readsBodies === true && filesystem.kind !== 'tmpfs';

/** Kinds the model does not know, and sizes the running kernel did not tell, carry their poorer source's error. */
function errorPercentOf(filesystem: Filesystem, constants: KernelConstants): number {
  const kinds = [filesystem.kind, ...(filesystem.kind === 'overlay' ? [filesystem.lower ?? 'ext4'] : [])];
  if (kinds.includes('other')) return ERROR_PERCENT_OF.default;
  if (kinds.some((kind) => constants.tabledInodes.includes(kind)))
    return Math.max(constants.errorPercent, ERROR_PERCENT_OF['version-table']);
  return constants.errorPercent;
}

interface LongNames {
  readonly leaves: number;
  readonly directories: number;
}

function longNameBytes(census: Census, constants: KernelConstants): LongNames {
  const table = externalNameTable(constants);
  return {
    leaves: weigh(census.leafNames, table),
    directories: weigh(census.directoryNames, table),
  };
}

function weigh(names: NameHistogram, bytesOfLength: Uint16Array): number {
  return names.reduce((sum, count, length) => sum + count * (bytesOfLength[length] ?? 0), 0);
}

function watchedBytes(census: Census, cost: EntryCost, profile: PinningPattern, names: LongNames): number {
  const copies = cost.watchedNameCopies;
  switch (watchedParts(profile)) {
    case 'none':
      return 0;
    case 'root':
      return cost.watchedBytes;
    case 'directories':
      return census.directories * cost.watchedBytes + names.directories * copies;
    case 'entries':
      return entriesOf(census) * cost.watchedBytes + (names.leaves + names.directories) * copies;
  }
}

/** What of a tree carries a mark; a fanotify mark on the filesystem is one mark whatever the tree. */
export function watchedParts(profile: WatchPattern): 'none' | 'root' | 'directories' | 'entries' {
  const { api, per } = profile.watch;
  if (api === 'none' || per === 'none') return 'none';
  if (per === 'root') return 'root';
  return per === 'entry' ? 'entries' : 'directories';
}

/**
 * Open files keep their own name and inode and the directories above. Expected: files of one folder are open together, as
 * a scan meets them; high: each lies in a folder of its own.
 */
function openFilesCost(census: Census, cost: EntryCost, profile: PinningPattern, names: LongNames): Range {
  const { value: openFiles, errorPercent } = profile.cost.openFiles;
  const leaves = Math.max(1, leavesOf(census));
  const inTree = Math.min(openFiles, leavesOf(census));
  const files =
    openFiles * cost.openBytes + inTree * (cost.touchedBytes + (names.leaves / leaves) * cost.nameCopies);
  const folder = cost.touchedBytes + (names.directories / Math.max(1, census.directories)) * cost.nameCopies;
  const together = Math.min((inTree / leaves) * census.directories, inTree * DEEPEST_COMMON_PATH) * folder;
  const scattered = Math.max(together, Math.min(inTree, census.directories) * folder);
  const { low, expected } = within(files + together, errorPercent);
  return { low, expected, high: within(files + scattered, errorPercent).high };
}

/** Folders above one open file: without a bound, a tree of empty folders with three files would hold them all. */
const DEEPEST_COMMON_PATH = 8;

/** fs/btrfs marks its metadata pages as the kernel's own since 6.18; before, they were charged to whoever read them. */
const BTRFS_UNCHARGED_SINCE = '6.18';

/** Charged only when read from disk: whatever was cached before belongs to someone else. High: blocks less full than usual. */
function pageCacheOf(cost: EntryCost, pages: MetadataPages, constants: KernelConstants): Range {
  const isBtrfs = cost.metadata === 'btrfs';
  if (isBtrfs && isAtLeast(constants.kernelRelease, BTRFS_UNCHARGED_SINCE)) return ZERO_RANGE;
  const expected = pages.touched * METADATA_PAGE_BYTES;
  return { low: 0, expected, high: expected * (isBtrfs ? 2 : 1.1) };
}
