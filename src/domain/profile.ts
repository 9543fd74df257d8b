// What a daemon does to a tree, as data: one declarative object per daemon, overridable in the configuration.

import type { Mechanism } from './leave-out.ts';

export type Evidence = 'measured' | 'source' | 'reported' | 'inferred' | 'configured';

/** A number of a profile with where it comes from and its spread in percent. */
export interface Figure {
  readonly value: number;
  readonly evidence: Evidence;
  readonly errorPercent: number;
  /** On what it stands, in a clause a user could follow up. */
  readonly source: string;
}

/** `idle-only`: safe while nothing is under way, not in the middle of a run. */
export type EndSafety = boolean | 'idle-only';

/** What a watching daemon does when the kernel refuses it another watch. `nothing`: it watches none. */
export type AtWatchLimit =
  | 'nothing'
  | 'ends'
  | 'watches-none'
  | 'watches-part'
  | 'rescans'
  | 'disables-root'
  | 'unknown';

/** How a daemon itself is asked to wait, as its user would type or send it; words in capitals are to be filled in. */
export interface NativeControl {
  readonly kind: 'command' | 'http' | 'socket' | 'configuration';
  readonly pause: string | null;
  readonly resume: string | null;
  /** What slows it down; null: nothing does. */
  readonly throttle: string | null;
  /** Whether a pause takes its watches away; null: not known, or it has no pause. */
  readonly releasesWatches: boolean | null;
}

export interface Profile {
  readonly id: string;
  readonly title: string;
  /** The version the figures were taken from, `any` when they are not a version's own. */
  readonly verified: string;
  readonly evidence: readonly string[];
  readonly kind: 'watcher' | 'scheduled' | 'mount' | 'process';
  readonly match: {
    /** Base names of the command (argv[0] or the resolved executable). */
    readonly names: readonly string[];
    /** One of these words must be among its arguments; absent: none need be. */
    readonly subcommands?: readonly string[];
    /** With one of these words among its arguments it is not the daemon but a question to it. */
    readonly otherCommands?: readonly string[];
    /** Where COMMAND is sought when it is not in PATH; `~` is the owner's home. */
    readonly installPaths: readonly string[];
  };
  readonly watch: {
    readonly api: 'inotify' | 'fanotify' | 'none';
    readonly per: 'directory' | 'entry' | 'root' | 'none';
    /** inotify instances held. */
    readonly instances: number;
    /** inotify instances for each root besides; absent: none. */
    readonly instancesPerRoot?: number;
    readonly atLimit: AtWatchLimit;
  };
  readonly scan: {
    /** What a start does to every entry. */
    readonly atStart: 'stat-all' | 'names-only' | 'none';
    /** true: a leaf the daemon ignores is still lstat()ed, so it is touched though it is not counted. */
    readonly touchesIgnoredLeaves?: boolean;
    /** true: its first pass reads every file, as one that hashes or copies them must. */
    readonly readsBodies?: boolean;
    /** true: what it has read it has the kernel forget at once (POSIX_FADV_DONTNEED). */
    readonly dropsBodies?: boolean;
  };
  readonly cost: {
    /** Anonymous memory of the whole daemon with an empty tree, bytes. */
    readonly rssBaseBytes: Figure;
    /** Anonymous memory added per file, bytes. */
    readonly rssPerFileBytes: Figure;
    readonly rssPerDirectoryBytes: Figure;
    /** Processes and threads at its busiest. */
    readonly tasks: Figure;
    readonly openFiles: Figure;
    /** On-disk index per file, bytes (disk_space). */
    readonly indexPerFileBytes: Figure;
    /** Local trees that pay: 2 where source and target are both here. */
    readonly sides: number;
  };
  /** Globs below a root that the daemon itself never counts, as --exclude takes them (`/.stversions/`). */
  readonly alwaysExcluded: readonly string[];
  /** What tells where its trees are. none: they must be named by hand, or there are none. */
  readonly roots:
    | 'dropbox-info'
    | 'syncthing-xml'
    | 'lsyncd-lua'
    | 'rclone-argv'
    | 'nextcloud-ini'
    | 'owncloud-ini'
    | 'nextcloudcmd-argv'
    | 'seafile-database'
    | 'maestral-ini'
    | 'onedrive-config'
    | 'unison-profile'
    | 'resilio-json'
    | 'none';
  /** What its user types to see its trees, where no file of it can be read for them. */
  readonly listsRoots?: string;
  /** By which rules it leaves out a part of a tree. */
  readonly ignore:
    | 'stignore'
    | 'lsyncd-exclude'
    | 'rclone-filter'
    | 'dropbox-attribute'
    | 'mignore'
    | 'seafile-ignore'
    | 'sync-exclude'
    | 'onedrive-skip'
    | 'none';
  /** true: what its rules leave out is not watched. */
  readonly prunesWatch: boolean;
  /** true: what its rules leave out is not scanned; false: its rules spare nothing. */
  readonly prunesScan: boolean;
  /** How it is made to load less, the mildest first; none: a plan only names the folders. */
  readonly leaveOut: readonly Mechanism[];
  /** false: a refused call may be taken for a deletion or for work done; a waiting cgroup (v1 brake) refuses a few. */
  readonly enomemSafe: boolean;
  readonly stop: {
    readonly termSafe: EndSafety;
    readonly killSafe: EndSafety;
    readonly evidence: Evidence;
    /** What makes it whole again after an end that was not safe; absent: the next start does. */
    readonly recover?: string;
    /** How long it may take to write its state down after TERM, milliseconds; absent: 8 000. */
    readonly graceMs?: number;
  };
  /** null: it cannot be asked, only stopped or frozen. */
  readonly control: NativeControl | null;
  /** Exit statuses by which it asks to be started again, as after its own upgrade. */
  readonly restartStatuses?: readonly number[];
  /** How it is started in its cheap mode: words behind COMMAND's own arguments (a subcommand must come first). */
  readonly degradeWords?: readonly string[];
}

/** From the surest to the least. The user's own word counts as read, not as measured. */
const SURENESS: readonly Evidence[] = ['measured', 'configured', 'source', 'reported', 'inferred'];

/** On what a profile's idea of its daemon's memory stands, in one word: the least sure of its two main figures. */
export function evidenceOf({ cost: { rssBaseBytes, rssPerFileBytes } }: Profile): Evidence {
  const [base, perFile] = [rssBaseBytes.evidence, rssPerFileBytes.evidence];
  return SURENESS.indexOf(base) > SURENESS.indexOf(perFile) ? base : perFile;
}

/** No two generations of a daemon that were measured differ by more; a first guess, as for any number without a source. */
const OTHER_GENERATION_ERROR_PERCENT = 60;

/** The same daemon where another generation of it was measured: what was measured is inferred from here on, and says why. */
export function inOtherGeneration(profile: Profile, why: string): Profile {
  const { cost } = profile;
  const widened = (figure: Figure): Figure =>
    figure.evidence !== 'measured'
      ? figure
      : {
          ...figure,
          evidence: 'inferred',
          errorPercent: Math.max(figure.errorPercent, OTHER_GENERATION_ERROR_PERCENT),
          source: `of ${profile.verified}: ${figure.source}`,
        };
  return {
    ...profile,
    verified: 'any',
    evidence: [...profile.evidence, `inferred: ${why}; its numbers were measured on ${profile.verified}`],
    cost: {
      ...cost,
      rssBaseBytes: widened(cost.rssBaseBytes),
      rssPerFileBytes: widened(cost.rssPerFileBytes),
      rssPerDirectoryBytes: widened(cost.rssPerDirectoryBytes),
      tasks: widened(cost.tasks),
      openFiles: widened(cost.openFiles),
      indexPerFileBytes: widened(cost.indexPerFileBytes),
    },
  };
}
