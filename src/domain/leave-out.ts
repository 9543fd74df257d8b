// How a daemon is made to load less: leave a folder out, or watch it no longer. As data, with what it does to the files.

export type Effect = 'none' | 'deletes-local' | 'deletes-remote' | 'needs-resync';

export interface Mechanism {
  /** As the daemon calls it. */
  readonly name: string;
  /** `folder`: it is no longer synced. `watches`: a whole tree stays in step, but nothing of it is watched. */
  readonly takes: 'folder' | 'watches';
  readonly effect: Effect;
  /** What becomes of the files, in one clause. */
  readonly consequence: string;
  /** For people: `{path}` is relative to `{root}`, both inside single quotes. */
  readonly command: string;
  readonly means: Means;
}

/** How syncguard itself applies it; `printed`: it does not. */
export type Means =
  | { readonly kind: 'printed' }
  /** Rules on top of the root's .stignore: the first one that matches decides. */
  | { readonly kind: 'stignore' }
  /** A line at the end of the file that the sync block's excludeFrom names. */
  | { readonly kind: 'lsyncd-exclude-file' }
  /** fsWatcherEnabled of the Syncthing folder. */
  | { readonly kind: 'syncthing-watcher' }
  | ProgramMeans;

/** The daemon's own command line; the absolute path of the folder follows the words. */
export interface ProgramMeans {
  readonly kind: 'program';
  /** The first of these in PATH. */
  readonly names: readonly string[];
  readonly apply: readonly string[];
  readonly undo: readonly string[];
  /** Words that make it tell its state, and the line that says that both sides are the same. */
  readonly status: readonly string[];
  readonly completeLine: string;
}

/** One folder with the mechanism chosen for it. */
export interface LeaveOutStep {
  /** Absolute. */
  readonly root: string;
  /** Relative to the root, bytes as latin1; '' is the root itself. */
  readonly below: string;
  /** Both, as people read them. */
  readonly path: string;
  /** Of the daemon that keeps it. */
  readonly profile: string;
  readonly mechanism: Mechanism;
  /** Files, folders and links that are no longer in step, or no longer watched. */
  readonly entries: number;
}
