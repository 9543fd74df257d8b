// What a walk of directory entries learned: kinds and name lengths, never a stat of a leaf.

/** Names by length in bytes: index = length (1..255), value = how many. */
export type NameHistogram = Uint32Array;

export interface Unreadable {
  readonly count: number;
  /** The first few, as they were opened (latin1 bytes, unescaped), with errno. */
  readonly examples: readonly { readonly path: string; readonly errno: string }[];
}

/** Why a walk ended before the tree did. */
export type CensusStop = 'budget' | 'over-wall' | 'interrupted';

/**
 * One row per directory, in columns: a tree of 75 000 directories is a few megabytes, not objects.
 * Row 0 is the root; a parent's row is always lower than its children's, so one backward pass rolls up.
 */
export interface DirectoryTable {
  readonly count: number;
  /** Row of the parent; the root's is 0. */
  readonly parent: Uint32Array;
  /** Entries directly inside that are not directories. */
  readonly leaves: Uint32Array;
  /** Directories directly inside. */
  readonly subdirectories: Uint32Array;
  /** Bytes of all names directly inside. */
  readonly nameBytes: Uint32Array;
  /** Bytes the kernel allocates beside the dentry for long names of leaves, and of directories, directly inside. */
  readonly longLeafBytes: Uint32Array;
  readonly longDirectoryBytes: Uint32Array;
  /** This directory's own name, bytes as latin1; the root's is ''. */
  name(row: number): string;
}

export interface Census {
  readonly files: number;
  /** Directories below the root and the root itself. */
  readonly directories: number;
  readonly symlinks: number;
  readonly other: number;
  readonly leafNames: NameHistogram;
  readonly directoryNames: NameHistogram;
  readonly nameBytes: number;
  readonly unreadable: Unreadable;
  /** Gone between listing and opening. */
  readonly vanished: number;
  /** Entries whose type the filesystem did not tell, so that each cost a stat. */
  readonly statted: number;
  /** Subdirectories left out: ignored by rule; mount points; loops. */
  readonly excludedDirectories: number;
  readonly excludedLeaves: number;
  /** Of `directories`: watched though ignored, so that no leaf in them is counted. */
  readonly onlyWatchedDirectories: number;
  /** true: an attribute that leaves directories out was asked for and could not be read, so that they are counted. */
  readonly isAttributeUnread: boolean;
  readonly mountPoints: readonly string[];
  readonly visitedDirectories: number;
  /** false: the numbers are a lower bound, `stop` says why. Unreadable parts also make it false. */
  readonly complete: boolean;
  readonly stop: CensusStop | null;
  readonly table: DirectoryTable;
  readonly engine: 'readdir' | 'getdents64' | 'async-readdir' | 'expected';
  readonly elapsedMs: number;
}

export const leavesOf = (census: Census): number => census.files + census.symlinks + census.other;
export const entriesOf = (census: Census): number => leavesOf(census) + census.directories;
